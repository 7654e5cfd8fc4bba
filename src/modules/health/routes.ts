import { z } from '@hono/zod-openapi'
import { answer, createRouter, publicRoute } from '../../http/router.ts'
import { answerSchema } from '../../http/schema.ts'
import { touch } from './queries.ts'

/** How long the database may take. */
const TIMEOUT_MS = 1000

const tags: [string] = ['Health']
const Health = answerSchema(() => z.object({ status: z.literal('ok') }).openapi('Health'))

const livez = publicRoute({
  method: 'get',
  path: '/livez',
  operationId: 'getLiveness',
  summary: 'Is the server running?',
  description: 'Sends nothing to the database.',
  tags,
  responses: { 200: answer('It is', Health) },
})

const readyz = publicRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'getReadiness',
  summary: 'Can the server do its work?',
  description: 'Writes to the database. The answer is a 503 if that fails or takes longer than a second.',
  tags,
  responses: { 200: answer('It is', Health) },
})

export const healthRoutes = createRouter()
  .openapi(livez, (c) => {
    c.set('isProbe', true)
    return c.json({ status: 'ok' as const }, 200)
  })
  .openapi(readyz, async (c) => {
    c.set('isProbe', true)
    await c.var.db.withTimeout(TIMEOUT_MS).transaction({ write: [touch()] })
    return c.json({ status: 'ok' as const }, 200)
  })
