import { describe, expect, it } from 'vitest'
import document from '../../openapi.json'
import { llmsTxt } from '../../scripts/llms.ts'
import { createApp } from '../../src/app.ts'
import { openApiDocument } from '../../src/http/document.ts'
import { tags } from '../../src/modules.ts'
import { allProblems } from '../../src/shared/problem.ts'
import { anyone } from '../support/api.ts'
import { answerOf, operations } from '../support/document.ts'

type Json = Record<string, unknown>

/** The schemas within a part of the document, and where they stand. */
const schemasIn = (part: unknown, path = '#'): { path: string; schema: Json }[] => {
  if (typeof part !== 'object' || part === null) return []
  const inner = Object.entries(part).flatMap(([key, value]) =>
    ['example', 'examples', 'enum', 'mapping'].includes(key) ? [] : schemasIn(value, `${path}/${key}`),
  )
  const isSchema = /\/(schema|items|additionalProperties|(schemas|properties|anyOf|oneOf|allOf)\/\w+)$/.test(path)
  return isSchema ? [{ path, schema: { ...part } }, ...inner] : inner
}

const hasOwnName = (path: string) => /^#\/components\/schemas\/\w+$/.test(path)

const isNull = (schema: object) => 'type' in schema && schema.type === 'null'

const isNullable = ({ type }: Json) => [type].flat().includes('null')

/** Whether a generator must make up a name for a schema, or has no type for it. A single value or null needs no name. */
const isAnonymous = (schema: Json) => {
  const choices = [schema.anyOf ?? schema.oneOf ?? []].flat().filter((choice) => !isNull(choice))
  const isOpen = !['$ref', 'type', 'anyOf', 'oneOf'].some((keyword) => keyword in schema)
  const values = [schema.enum ?? []].flat()
  return isOpen || 'properties' in schema || values.length > 1 || choices.length > 1
}

describe('the OpenAPI document', () => {
  it('is the one that the code makes, and is served as it is', async () => {
    expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument(createApp(), tags))))
    const { body, headers } = await anyone.get('/openapi.json')
    expect(body).toEqual(document)
    expect(
      (await anyone.get('/openapi.json', { headers: { 'If-None-Match': headers.get('ETag') ?? '' } })).status,
    ).toBe(304)
  })

  it.each(['https://front.example', 'https://elsewhere.example', ''])(
    'can be read by pages of any origin, and kept for five minutes: %j',
    async (Origin) => {
      const { headers } = await anyone.get('/openapi.json', { headers: { ...(Origin && { Origin }) } })
      expect([headers.get('Access-Control-Allow-Origin'), headers.get('Cache-Control')]).toEqual([
        '*',
        'public, max-age=300',
      ])
    },
  )

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

  it('names every object, enum and union, so that generators make up no name, and leaves no schema open', () => {
    const schemas = schemasIn({ components: document.components, paths: document.paths })
    expect(schemas.length).toBeGreaterThan(500)
    const unclear = schemas.filter(({ path, schema }) => (hasOwnName(path) ? isNullable : isAnonymous)(schema))
    expect(unclear.map(({ path }) => path)).toEqual([])
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
          Object.keys(answer?.content ?? {}).every((type) =>
            (Number(status) < 400 ? /^(application\/json|text\/csv)$/ : /^application\/problem\+json$/).test(type),
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

describe('/llms.txt', () => {
  it('is what the document says in few words, and is served like it', async () => {
    const { body, headers } = await anyone.get('/llms.txt')
    expect(body).toBe(llmsTxt(openApiDocument(createApp(), tags)))
    expect(headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    const original = await anyone.get('/openapi.json')
    for (const name of ['Access-Control-Allow-Origin', 'Cache-Control', 'X-Content-Type-Options'])
      expect(headers.get(name)).toBe(original.headers.get(name))
    const copy = await anyone.get('/llms.txt', { headers: { 'If-None-Match': headers.get('ETag') ?? '' } })
    expect(copy.status).toBe(304)
    expect(document.info.description).toContain('](/llms.txt)')
  })

  it('has the form of llmstxt.org: a title, a summary, what must be known, and lists of links', async () => {
    const { body } = await anyone.get('/llms.txt')
    const [start, ...sections]: string[] = body.trimEnd().split('\n## ')
    expect(start).toMatch(/^# Outlay\n\n> Record [^\n]+\n\n/)
    for (const convention of ['Authorization: Bearer', 'minor units', 'RFC 9457', 'Idempotency-Key', 'ETag'])
      expect(start).toContain(convention)
    expect(sections.map((section) => section.split('\n')[0])).toEqual([
      'Documents',
      ...document.tags.map(({ name }) => name),
    ])
    for (const section of sections) expect(section).toMatch(/^.+\n\n(.+\n\n)?(- \[.+\]\(\/.+\): .+(\n|$))+$/)
    expect(body).toContain(
      '- [GET /v1/expenses/{id}](/openapi.json#/paths/~1v1~1expenses~1{id}/get): Get an expense (`getExpense`)\n',
    )
    expect(body).toContain(': Log in (`login`, without a token)\n')
    for (const { method, path, operationId } of operations) {
      expect(body.split(`[${method} ${path}](`)).toHaveLength(2)
      expect(body).toContain(`(\`${operationId}\``)
    }
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
    ['/apidocs/swagger-ui-dist/swagger-ui-bundle.js', 'text/javascript'],
    ['/apidocs/swagger-ui-dist/swagger-ui.css', 'text/css'],
    ['/apidocs/style.css', 'text/css'],
  ])('serves %s from our own origin', async (path, type) => {
    const { status, headers } = await anyone.get(path)
    expect([status, headers.get('Content-Type')?.split(';')[0]]).toEqual([200, type])
  })

  it('loads nothing from elsewhere', async () => {
    const { body } = await anyone.get('/apidocs')
    const links = [...body.matchAll(/(?:href|src|[uU]rl)(?:=|: )["']([^"']*)/g)].map(([, link]) => link)
    expect(links).toContain('/openapi.json')
    for (const link of links) if (link !== 'none') expect((await anyone.send('HEAD', link)).status).toBe(200)
  })

  it('has a policy that allows its files and its one inline script', async () => {
    const { body, headers } = await anyone.get('/apidocs')
    const scripts = [...body.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script)
    expect(scripts).toHaveLength(1)
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(scripts[0]))
    const hash = new Uint8Array(digest).toBase64()
    expect(headers.get('Content-Security-Policy')?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'self' 'sha256-${hash}'`,
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    const copy = await anyone.get('/apidocs', { headers: { 'If-None-Match': headers.get('ETag') ?? '' } })
    expect([copy.status, copy.headers.get('Content-Security-Policy')]).toEqual([
      304,
      headers.get('Content-Security-Policy'),
    ])
  })

  it.each([
    '/',
    '/livez',
    '/v1/expenses',
    '/problems',
    '/openapi.json',
    '/llms.txt',
    '/apidocs/index.html',
    '/apidocs/swagger-ui-dist/swagger-ui-bundle.js',
  ])('is the only page: %s is none, and needs no policy', async (path) => {
    const { headers } = await anyone.get(path)
    expect(headers.get('Content-Type') ?? '').not.toContain('html')
    expect(headers.has('Content-Security-Policy')).toBe(false)
  })

  it('is where the root leads', async () => {
    const { status, headers } = await anyone.get('/')
    expect([status, headers.get('Location')]).toEqual([302, '/apidocs'])
  })
})
