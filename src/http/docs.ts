import type { AppContext } from './context.ts'
import { notFound } from './problems.ts'
import { createRouter } from './router.ts'

/** Responds with a file that scripts/build.ts generated. */
const file = async (c: AppContext, path: string) => {
  const url = new URL(path, c.req.url)
  const found = await c.var.config.assets.fetch(new Request(url, { method: c.req.method, headers: c.req.raw.headers }))
  if (found.status === 404) throw notFound()
  return new Response(found.body, found)
}

/** Swagger UI and the OpenAPI document, self-hosted. */
export const docsRoutes = createRouter()
docsRoutes.get('/', (c) => c.redirect('/apidocs'))
docsRoutes.get('/apidocs', async (c) => {
  const page = await file(c, '/apidocs/index.html')
  // Imported dynamically, because scripts/build.ts loads this module before it generates the policy.
  const { default: policy } = await import('../../.build/apidocs-policy.txt')
  page.headers.set('Content-Security-Policy', policy)
  return page
})
docsRoutes.get('/apidocs/swagger-ui-dist/:file', (c) => file(c, c.req.path))
docsRoutes.get('/openapi.json', (c) => file(c, c.req.path))
