import { beforeAll, describe, expect, it } from 'vitest'
import { anyone, type Employee, employee, newId } from '../support/api.ts'
import { operations, somePath } from '../support/document.ts'
import { callerOf, requestOf } from '../support/requests.ts'

const paths = [...new Set(operations.map(({ path }) => path))]
const methodsOf = (path: string) => {
  const methods = operations.filter((operation) => operation.path === path).map(({ method }) => method)
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].toSorted()
}
const allowed = (headers: Headers) => headers.get('Allow')?.split(', ').toSorted()

describe('a method', () => {
  it.each(paths)('that %s does not have is refused with those it has', async (path) => {
    const has = methodsOf(path)
    const lacks = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].filter(
      (method) => !has.includes(method),
    )
    expect(lacks).not.toEqual([])
    for (const method of lacks) {
      const { status, headers } = await anyone.send(method, somePath(path))
      expect([method, status, allowed(headers)]).toEqual([method, 405, has])
    }
  })

  it('that is refused is a problem', async () => {
    expect(await anyone.delete('/v1/auth/login')).toBeProblem('method_not_allowed')
  })

  it.each(paths)('OPTIONS of %s tells which there are', async (path) => {
    const { status, headers } = await anyone.send('OPTIONS', somePath(path))
    expect([status, allowed(headers)]).toEqual([204, methodsOf(path)])
  })
})

describe('HEAD', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it.each(operations.filter(({ method }) => method === 'GET'))(
    'of $operationId is GET without the body',
    async ({ operationId }) => {
      const { path } = await requestOf(operationId, amina)
      const [get, head] = [await amina.get(path), await amina.send('HEAD', path)]
      expect([head.status, head.body]).toEqual([get.status, undefined])
      for (const name of ['ETag', 'Cache-Control', 'Content-Type'])
        expect(head.headers.get(name)).toBe(get.headers.get(name))
    },
  )
})

describe('a path that is not there', () => {
  it.each(['/nowhere', '/v1', '/v1/', '/v1/expenses/', '/V1/expenses', '/v1/users', '//v1/expenses', '/%00'])(
    '%s is a problem',
    async (path) => {
      for (const method of ['GET', 'POST', 'OPTIONS']) expect((await anyone.send(method, path)).status).toBe(404)
      expect(await anyone.get(path)).toBeProblem('not_found')
    },
  )
})

it('a file that /apidocs does not have is a problem', async () => {
  expect(await anyone.get('/apidocs/swagger-ui-dist/nothing.js')).toBeProblem('not_found')
})

describe('a request id', () => {
  it("is the caller's, if it is a sane one", async () => {
    const headers = { 'X-Request-Id': 'my-request_1' }
    expect((await anyone.get('/livez', { headers })).headers.get('X-Request-Id')).toBe('my-request_1')
    expect((await anyone.get('/nowhere', { headers })).body.requestId).toBe('my-request_1')
  })

  it.each(['has spaces in it', 'x'.repeat(129), '<script>'])('is our own instead of "%s"', async (id) => {
    const answer = await anyone.get('/livez', { headers: { 'X-Request-Id': id } })
    expect(answer.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('caching', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  const CHANGES: Record<string, [string, object]> = {
    '/v1/users/me': ['PATCH', { monthStartDay: 9 }],
    '/v1/categories/{id}': ['PATCH', { archived: true }],
    '/v1/months/{month}/budgets/{target}': ['PUT', { limit: 4711 }],
  }
  // What is computed is never written to: months.test.ts and reports.test.ts of test/modules tell when its tag changes.
  const isComputed = (path: string) => path === '/v1/months/{month}' || path.startsWith('/v1/reports/')
  const resources = operations.filter(({ path, responses }) => '304' in responses && !isComputed(path))

  it.each(resources)(
    'of $operationId answers 304 to who has it, and 200 once it has changed',
    async ({ operationId, path }) => {
      const prepared = await requestOf(operationId, amina)
      const first = await amina.get(prepared.path)
      const tag = first.headers.get('ETag') ?? ''
      expect(tag).toMatch(/^"[\w-]+"$/)
      expect(first.headers.get('Cache-Control')).toBe('private, no-cache')
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const again = await amina.get(prepared.path, { headers: { 'If-None-Match': known, 'X-Request-Id': 'kept' } })
        expect([again.status, again.body, again.headers.get('ETag')]).toEqual([304, undefined, tag])
        expect(again.headers.get('X-Request-Id')).toBe('kept')
      }
      expect((await amina.get(prepared.path, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
      const [method, change] = CHANGES[path] ?? ['PATCH', { amount: 4711 }]
      const changed = await amina.send(method, prepared.path, change)
      expect(changed.status).toBe(200)
      const after = await amina.get(prepared.path, { headers: { 'If-None-Match': tag } })
      expect([after.status, after.headers.get('ETag')]).toEqual([200, changed.headers.get('ETag')])
      expect(changed.headers.get('ETag')).not.toBe(tag)
    },
  )

  it.each(operations.filter(({ path, responses }) => path.startsWith('/v1/') && !('304' in responses)))(
    'is forbidden to what $operationId answers, unless that has an ETag or is the same for all',
    async ({ operationId, method }) => {
      const bruno = await callerOf(operationId, amina)
      const { path, body } = await requestOf(operationId, bruno)
      const { headers } = await bruno.send(method, path, body)
      const isPublic = operationId === 'listCurrencies'
      const unlessTagged = isPublic ? 'public, max-age=86400' : 'no-store'
      expect(headers.get('Cache-Control')).toBe(headers.has('ETag') ? 'private, no-cache' : unlessTagged)
    },
  )

  it('is forbidden to problems', async () => {
    expect((await amina.get(`/v1/expenses/${newId()}`)).headers.get('Cache-Control')).toBe('no-store')
  })
})

describe('the headers of an answer', () => {
  /** All that an answer may have. Nothing that tells with what it is made. */
  const ALLOWED = [
    'cache-control',
    'content-length',
    'content-type',
    'etag',
    'location',
    'ratelimit-policy',
    'retry-after',
    'server-timing',
    'strict-transport-security',
    'vary',
    'www-authenticate',
    'x-content-type-options',
    'x-request-id',
  ]
  const areGood = (headers: Headers, more: string[] = []) => {
    expect([...headers.keys()].filter((name) => ![...ALLOWED, ...more].includes(name))).toEqual([])
    expect(headers.get('Strict-Transport-Security')).toBe('max-age=15552000; includeSubDomains')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  }

  it.each(operations)('of $operationId are those that we know', async ({ method, path }) => {
    areGood((await anyone.send(method, somePath(path))).headers)
  })

  // Cloudflare itself says of a file whether it was cached.
  it.each([
    ['GET', '/', []],
    ['GET', '/nowhere', []],
    ['GET', '/openapi.json', ['access-control-allow-origin', 'cf-cache-status']],
    ['GET', '/llms.txt', ['access-control-allow-origin', 'cf-cache-status']],
    ['GET', '/apidocs', ['cf-cache-status', 'content-security-policy']],
    ['GET', '/apidocs/swagger-ui-dist/swagger-ui.css', ['cf-cache-status']],
    ['PATCH', '/livez', ['allow']],
    ['OPTIONS', '/livez', ['allow']],
  ] as const)('of %s %s are those that we know', async (method, path, more) => {
    areGood((await anyone.send(method, path)).headers, [...more])
  })
})

describe('a browser of another origin', () => {
  const HEADERS = ['authorization', 'content-type', 'if-match', 'if-none-match', 'x-request-id']
  const preflight = (origin: string, method: string, path: string) =>
    anyone.send('OPTIONS', path, undefined, {
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': HEADERS.join(','),
      },
    })
  const listed = (value: string | null) =>
    (value ?? '')
      .toLowerCase()
      .split(',')
      .map((item) => item.trim())

  it.each(operations)('may call $operationId from an origin on the list', async ({ method, path }) => {
    for (const origin of ['https://front.example', 'http://localhost:3000']) {
      const { status, headers } = await preflight(origin, method, somePath(path))
      expect([status, headers.get('Access-Control-Allow-Origin')]).toEqual([204, origin])
      expect(listed(headers.get('Access-Control-Allow-Methods'))).toContain(method.toLowerCase())
      expect(listed(headers.get('Access-Control-Allow-Headers'))).toEqual(expect.arrayContaining(HEADERS))
      expect(listed(headers.get('Vary'))).toContain('origin')
    }
  })

  it.each(['https://evil.example', 'https://front.example.evil.example', 'http://front.example', 'null'])(
    'may not call from %s',
    async (origin) => {
      expect((await preflight(origin, 'POST', '/v1/expenses')).headers.get('Access-Control-Allow-Origin')).toBeNull()
      const { headers } = await anyone.get('/livez', { headers: { Origin: origin } })
      expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
    },
  )

  it('may read the headers of every answer, problems included', async () => {
    for (const path of ['/livez', '/v1/expenses', '/nowhere']) {
      const { headers } = await anyone.get(path, { headers: { Origin: 'https://front.example' } })
      expect(headers.get('Access-Control-Allow-Origin')).toBe('https://front.example')
      expect(listed(headers.get('Access-Control-Expose-Headers'))).toEqual(
        expect.arrayContaining(['etag', 'location', 'retry-after', 'x-request-id', 'server-timing']),
      )
    }
  })
})
