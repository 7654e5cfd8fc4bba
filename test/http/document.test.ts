import { describe, expect, it } from 'vitest'
import document from '../../openapi.json'
import { createApp } from '../../src/app.ts'
import { openApiDocument } from '../../src/http/document.ts'
import { tags } from '../../src/modules.ts'
import { allProblems } from '../../src/shared/problem.ts'
import { anyone } from '../support/api.ts'
import { answerOf, operations } from '../support/document.ts'

describe('the OpenAPI document', () => {
  it('is the one that the code makes, and is served as it is', async () => {
    expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument(createApp(), tags))))
    const { body, headers } = await anyone.get('/openapi.json')
    expect(body).toEqual(document)
    expect(
      (await anyone.get('/openapi.json', { headers: { 'If-None-Match': headers.get('ETag') ?? '' } })).status,
    ).toBe(304)
  })

  it('is of OpenAPI 3.1, and names no server but its own', () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(document.servers).toEqual([{ url: '/' }])
  })

  it('declares every tag, in the order of use', () => {
    expect(document.tags.map(({ name }) => name)).toEqual([...new Set(operations.flatMap(({ tags }) => tags))])
  })

  it('gives every operation an id of its own', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+([A-Z][a-z]+)+$|^[a-z]+$/)
  })

  it('has a route for every operation, and an operation for every route of /v1', () => {
    const routes = createApp()
      .routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/'))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    const documented = operations
      .filter(({ path }) => path.startsWith('/v1/'))
      .map(({ method, path }) => `${method} ${path}`)
    expect([...new Set(routes)].sort()).toEqual(documented.sort())
  })

  describe.each(operations)('on $operationId', (operation) => {
    it('has a summary, a tag and a decision on security', () => {
      expect(operation.summary).toMatch(/^[A-Z]/)
      expect(operation.tags).toHaveLength(1)
      expect(operation.security).toBeInstanceOf(Array)
    })

    it('describes every parameter, and every answer with an example', () => {
      for (const { schema, description } of operation.parameters ?? []) {
        expect(description ?? (schema as { example?: string }).example).toBeTruthy()
      }
      for (const status of Object.keys(operation.responses)) {
        const answer = answerOf(operation, status)
        expect(answer?.description).toBeTruthy()
        expect(
          Object.keys(answer?.content ?? {}).every(
            (type) => (Number(status) < 400 ? 'application/json' : 'application/problem+json') === type,
          ),
        ).toBe(true)
      }
    })

    it('has a required body exactly where it takes one', () => {
      expect(operation.requestBody?.required ?? true).toBe(true)
      expect('415' in operation.responses).toBe(operation.requestBody !== undefined)
    })
  })
})

describe('/problems', () => {
  it('lists every problem, and each is where its type says', async () => {
    const { body } = await anyone.get('/problems')
    expect(body.data.map(({ code }: { code: string }) => code)).toEqual(allProblems().map(({ code }) => code))
    for (const problem of body.data) expect((await anyone.get(problem.type)).body).toEqual(problem)
    expect(await anyone.get('/problems/nonsense')).toBeProblem('not_found')
  })
})

describe('/apidocs', () => {
  it.each([
    ['/apidocs', 'text/html'],
    ['/apidocs/swagger-ui-bundle.js', 'text/javascript'],
    ['/apidocs/initializer.js', 'text/javascript'],
    ['/apidocs/swagger-ui.css', 'text/css'],
  ])('serves %s from our own origin, under a strict policy', async (path, type) => {
    const { status, headers } = await anyone.get(path)
    expect([status, headers.get('Content-Type')?.split(';')[0]]).toEqual([200, type])
    const policy = headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/script-src 'self'(;|$)/)
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
  })

  it('is where the root leads', async () => {
    const { status, headers } = await anyone.get('/')
    expect([status, headers.get('Location')]).toEqual([302, '/apidocs'])
  })
})
