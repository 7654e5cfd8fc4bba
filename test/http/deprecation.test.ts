import { describe, expect, it } from 'vitest'
import { openApiDocument } from '../../src/http/document.ts'
import { answerProblem } from '../../src/http/errors.ts'
import { notFound } from '../../src/http/problems.ts'
import { createRouter, publicRoute, userRoute } from '../../src/http/router.ts'
import { anyone } from '../support/api.ts'

const contract = (operationId: string) => ({
  method: 'get' as const,
  path: `/${operationId}`,
  operationId,
  summary: 'Try',
  tags: ['Tests'] as [string],
  responses: { 204: { description: 'Nothing' } },
})

const old = { since: '2026-11-23', sunset: '2027-05-31', link: 'https://outlay.example/news' }
const HEADERS = {
  deprecation: '@1795392000',
  sunset: 'Mon, 31 May 2027 00:00:00 GMT',
  link: '<https://outlay.example/news>; rel="deprecation"',
}

const app = createRouter()
  .openapi(publicRoute(contract('old'), { deprecated: old }), (c) => c.body(null, 204))
  .openapi(publicRoute(contract('broken'), { deprecated: { since: old.since } }), () => notFound.raise())
  .openapi(publicRoute(contract('live')), (c) => c.body(null, 204))
  .openapi(userRoute(['read'], contract('oldest'), { deprecated: { since: old.since, sunset: old.since } }), (c) =>
    c.body(null, 204),
  )
app.onError((error, c) => answerProblem(error, c))

const answerTo = async (path: string) => {
  const { status, headers } = await app.request(path)
  const found = Object.keys(HEADERS).flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : []))
  return { status, ...Object.fromEntries(found) }
}

describe('a deprecated route', () => {
  it('says so in every answer, a refusal included, and any other route nothing', async () => {
    expect(await answerTo('/old')).toEqual({ status: 204, ...HEADERS })
    expect(await answerTo('/old?unknown=1')).toEqual({ status: 422, ...HEADERS })
    expect(await answerTo('/broken')).toEqual({ status: 404, deprecation: HEADERS.deprecation })
    expect(await answerTo('/oldest')).toEqual({
      status: 401,
      deprecation: HEADERS.deprecation,
      sunset: 'Mon, 23 Nov 2026 00:00:00 GMT',
    })
    expect(await answerTo('/live')).toEqual({ status: 204 })
  })

  it('is deprecated in the document, with these headers', () => {
    const { paths = {} } = openApiDocument(app, [])
    expect(paths['/old']?.get).toMatchObject({ deprecated: true, responses: { 204: { description: 'Nothing' } } })
    const headersAt = (path: string) => paths[path]?.get?.responses?.['204']?.headers
    const described = Object.entries(headersAt('/old') ?? {}).map(([name, header]) => [name.toLowerCase(), header])
    expect(Object.keys(Object.fromEntries(described))).toEqual(Object.keys(HEADERS))
    for (const [name, value] of Object.entries(HEADERS))
      expect(Object.fromEntries(described)[name]).toMatchObject({ required: true, schema: { examples: [value] } })
    expect(Object.keys(headersAt('/broken') ?? {})).toEqual(['Deprecation'])
    expect(paths['/live']?.get).not.toHaveProperty('deprecated')
    expect(headersAt('/live')).toBeUndefined()
  })

  it('takes no step of its own before the handler', () => {
    const steps = (path: string) => app.routes.filter((route) => route.path === path).length
    expect(steps('/old')).toBe(steps('/live'))
  })

  it('cannot end before it is deprecated, nor on no day', () => {
    const deprecate = (deprecated: { since: string; sunset?: string }) => () =>
      publicRoute(contract('never'), { deprecated })
    expect(deprecate({ since: '2026-11-23', sunset: '2026-11-22' })).toThrow(RangeError)
    expect(deprecate({ since: '2026-13-01' })).toThrow(RangeError)
    expect(deprecate({ since: '2026-11-23', sunset: 'soon' })).toThrow(RangeError)
  })

  it('can be told apart by a page of another origin', async () => {
    const { headers } = await anyone.get('/livez', { headers: { Origin: 'https://front.example' } })
    const exposed = headers.get('Access-Control-Expose-Headers')?.toLowerCase().split(',')
    expect(exposed).toEqual(expect.arrayContaining(Object.keys(HEADERS)))
  })
})
