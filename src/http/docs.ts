import type { StatusCode } from 'hono/utils/http-status'
import type { AppContext } from './context.ts'
import { notFound } from './problems.ts'
import { createRouter } from './router.ts'

/** Answers with a file that scripts/build.ts made, and its ETag. */
const file = async (c: AppContext, path: string, headers: Record<string, string> = {}) => {
  const url = new URL(path, c.req.url)
  const found = await c.var.config.assets.fetch(new Request(url, { method: c.req.method, headers: c.req.raw.headers }))
  if (found.status === 404) throw notFound()
  // Not with the body: where CORS has set headers before, those would win.
  for (const [name, value] of Object.entries({ ...Object.fromEntries(found.headers), ...headers }))
    c.header(name, value)
  return c.newResponse(found.body, found.status as StatusCode)
}

/** Swagger UI, the OpenAPI document and its digest for language models, from files of our own. */
export const docsRoutes = createRouter()
docsRoutes.get('/', (c) => c.redirect('/apidocs'))
docsRoutes.get('/apidocs', async (c) => {
  // Imported only here, because scripts/build.ts loads this module before it makes the policy.
  const { default: policy } = await import('../../.build/apidocs-policy.txt')
  return file(c, '/apidocs/index.html', { 'Content-Security-Policy': policy })
})
for (const path of ['/apidocs/style.css', '/apidocs/swagger-ui-dist/:file'])
  docsRoutes.get(path, (c) => file(c, c.req.path))
// Public, and small enough to be asked for again: tools of any origin read it.
const forEverybody = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'public, max-age=300' }
for (const path of ['/openapi.json', '/llms.txt']) docsRoutes.get(path, (c) => file(c, path, forEverybody))
