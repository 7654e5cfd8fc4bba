import * as z from 'zod'
import { answer, createRouter, publicRoute } from '../../http/router.ts'
import { answerSchema } from '../../http/schema.ts'
import { requireReadiness } from './readiness.ts'

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
  description:
    'Writes to the database, at most every five seconds: until then, the answer is the same. It is a 503 if the write ' +
    'fails or takes longer than a second.',
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
    await requireReadiness(c.var.config, c.var.db)
    return c.json({ status: 'ok' as const }, 200)
  })
