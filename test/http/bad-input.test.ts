import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId, withoutVerdict } from '../support/api.ts'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const KIB = 1024

/** What is sent as the body of a request that writes, and what comes back. */
const bodies: [
  what: string,
  rawBody: string | Uint8Array<ArrayBuffer>,
  problem: string,
  pointer?: string,
  code?: string,
][] = [
  ['nothing', '', 'malformed_json'],
  ['half an object', '{"amount":', 'malformed_json'],
  ['text that is no JSON', 'amount=1', 'malformed_json'],
  ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), 'malformed_json'],
  ['null', 'null', 'invalid_request', ''],
  ['an array', '[]', 'invalid_request', ''],
  ['a number', '1', 'invalid_request', ''],
  ['deeply nested arrays', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'invalid_request', ''],
  ['deep nesting in a member', `{"amount":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'invalid_request', '/amount'],
  ['an empty object', '{}', 'invalid_request', '/amount', 'required'],
  ['an unknown member', '{"amount":1,"amuont":1}', 'invalid_request', '/amuont', 'unknown_member'],
  ['a member with / and ~ in its name', '{"amount":1,"a/b~c":1}', 'invalid_request', '/a~1b~0c', 'unknown_member'],
  ['__proto__', '{"amount":1,"__proto__":{"amount":2}}', 'invalid_request', '/__proto__', 'unknown_member'],
  ['an owner', '{"amount":1,"userId":"x"}', 'invalid_request', '/userId', 'unknown_member'],
  ['an amount of 0', '{"amount":0}', 'invalid_request', '/amount', 'too_small'],
  ['an amount of -1', '{"amount":-1}', 'invalid_request', '/amount', 'too_small'],
  ['an amount of 1.5', '{"amount":1.5}', 'invalid_request', '/amount', 'invalid_type'],
  ['an amount in text', '{"amount":"5"}', 'invalid_request', '/amount', 'invalid_type'],
  ['an amount of 2^53 + 1', '{"amount":9007199254740993}', 'invalid_request', '/amount', 'too_big'],
  ['an amount of 1e400', '{"amount":1e400}', 'invalid_request', '/amount', 'invalid_type'],
  ['an amount past the bound', '{"amount":1000000000001}', 'invalid_request', '/amount', 'too_big'],
  ['an amount of true', '{"amount":true}', 'invalid_request', '/amount', 'invalid_type'],
  ['an amount of null', '{"amount":null}', 'invalid_request', '/amount', 'invalid_type'],
  ['the 30th of February', '{"amount":1,"date":"2026-02-30"}', 'invalid_request', '/date', 'invalid_format'],
  ['the 29th of February of no leap year', '{"amount":1,"date":"2100-02-29"}', 'invalid_request', '/date'],
  ['a date of zeros', '{"amount":1,"date":"0000-00-00"}', 'invalid_request', '/date', 'invalid_format'],
  ['a date before 1970', '{"amount":1,"date":"1969-12-31"}', 'invalid_request', '/date', 'out_of_range'],
  ['a date after 2199', '{"amount":1,"date":"2200-01-01"}', 'invalid_request', '/date', 'out_of_range'],
  ['a date with a time', '{"amount":1,"date":"2026-11-23T00:00:00Z"}', 'invalid_request', '/date', 'invalid_format'],
  ['an unknown currency', '{"amount":1,"currency":"XXY"}', 'invalid_request', '/currency', 'unknown_currency'],
  ['U+0000', '{"amount":1,"note":"a\\u0000b"}', 'invalid_request', '/note', 'invalid_text'],
  ['a lone surrogate', '{"amount":1,"note":"a\\ud800b"}', 'invalid_request', '/note', 'invalid_text'],
  [
    'a note of 501 characters',
    `{"amount":1,"note":"${'x'.repeat(501)}"}`,
    'invalid_request',
    '/note',
    'invalid_length',
  ],
]

describe.each(['/v1/expenses', '/v1/incomes'])('bad input to %s', (path) => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })
  const isEmpty = async () => expect((await amina.get(path)).body.data).toEqual([])

  const writes: [string, string][] = [
    ['POST', path],
    ['PUT', `${path}/${newId()}`],
  ]
  describe.each(writes)('by %s', (method, target) => {
    it.each(bodies)('is refused where the body is or has %s', async (_, rawBody, problem, pointer, code) => {
      const answer = await amina.send(method, target, undefined, { rawBody, headers: JSON_TYPE })
      expect(answer).toBeProblem(problem)
      if (pointer !== undefined) expect(answer).toBeFaultAt(pointer, code)
      await isEmpty()
    })

    it.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data'])(
      'is refused where the content type is %s',
      async (type) => {
        const rawBody = new TextEncoder().encode('{"amount":1}')
        const options = { rawBody, ...(type && { headers: { 'Content-Type': type } }) }
        expect(await amina.send(method, target, undefined, options)).toBeProblem('unsupported_media_type')
        await isEmpty()
      },
    )

    it('is refused where there is neither a body nor its type, though no member may be required', async () => {
      expect(await amina.send(method, target)).toBeProblem('malformed_json')
      const { body } = await amina.post(path, { amount: 1 })
      expect(await amina.send('PATCH', `${path}/${body.id}`)).toBeProblem('malformed_json')
      const untyped = { rawBody: new TextEncoder().encode('{}') }
      expect(await amina.send('PATCH', `${path}/${body.id}`, undefined, untyped)).toBeProblem('unsupported_media_type')
      await amina.delete(`${path}/${body.id}`)
    })

    it.each([true, false])('is refused past 64 KiB, whether its length is declared or not (%s)', async (declared) => {
      const bytes = new TextEncoder().encode(`{"amount":1,"note":"${'x'.repeat(64 * KIB)}"}`).slice(0, 64 * KIB + 1)
      const rawBody = declared ? bytes : new Blob([bytes]).stream()
      const headers = { ...JSON_TYPE, ...(declared && { 'Content-Length': String(bytes.length) }) }
      expect(await amina.send(method, target, undefined, { rawBody, headers })).toBeProblem('body_too_large')
      await isEmpty()
    })
  })

  it('is heard out up to 64 KiB', async () => {
    const rawBody = `{"amount":0${' '.repeat(64 * KIB - 12)}}`
    const answer = await amina.send('POST', path, undefined, { rawBody, headers: JSON_TYPE })
    expect(answer).toBeFaultAt('/amount', 'too_small')
  })

  it('is told each fault once, and no more than a hundred', async () => {
    const { body } = await amina.post(path, { amount: 2 ** 60 })
    expect(body.errors).toHaveLength(1)
    const members = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`member${i}`, i]))
    expect((await amina.post(path, members)).body.errors).toHaveLength(100)
  })

  it('leaves what was there as it was', async () => {
    const bruno = await employee()
    const { body: before } = await bruno.post(path, { amount: 1, note: 'as it was' })
    for (const patch of [{ amount: 0 }, { amount: 2, note: 5 }, { amount: 2, nope: 1 }]) {
      expect((await bruno.patch(`${path}/${before.id}`, patch)).status).toBe(422)
    }
    expect((await bruno.get(`${path}/${before.id}`)).body).toEqual(withoutVerdict(before))
  })

  it.each([
    ['text', 'abc'],
    ['a UUID of version 4', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
    ['an id in capitals', newId().toUpperCase()],
    ['a cursor', 'bm9uc2Vuc2U='],
  ])('is refused where the id is %s', async (_, id) => {
    for (const [method, body] of [['GET'], ['PUT', { amount: 1 }], ['PATCH', {}], ['DELETE']] as const) {
      expect(await amina.send(method, `${path}/${id}`, body)).toBeFaultAt('/id', undefined, 'path')
    }
  })

  it('is named at once in the path, the query and the body', async () => {
    const { body } = await amina.put(`${path}/nope?surprise=1`, { amount: 0, date: 'today', extra: 1 })
    const places = body.errors.map((fault: { in: string; pointer: string }) => `${fault.in} ${fault.pointer}`)
    expect(places.sort()).toEqual(['body /amount', 'body /date', 'body /extra', 'path /id', 'query /surprise'])
  })
})

describe('a cursor', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  const forge = (content: unknown) => btoa(JSON.stringify(content)).replaceAll('=', '')
  const id = newId()

  it.each([
    ['of nothing', ''],
    ['that is no Base64', '%%%'],
    ['that is no JSON', btoa('nonsense')],
    ['of another shape', forge({ date: '2026-11-23', id })],
    ['of another order', forge(['-amount', 5, id])],
    ['of a date that is none', forge(['-date', '2026-02-30', id])],
    ['of SQL', forge(['-date', "' OR 1=1 --", id])],
    ['of an id that is none', forge(['-date', '2026-11-23', 'x'])],
    ['of too much', forge(['-date', '2026-11-23', id, 1])],
    ['that is far too long', 'x'.repeat(2001)],
  ])('%s is refused', async (_, cursor) => {
    const answer = await amina.get(`/v1/expenses?cursor=${encodeURIComponent(cursor)}`)
    expect(answer).toBeFaultAt('/cursor', undefined, 'query')
  })
})

describe('the message of a fault', () => {
  it.each<[string, string, unknown, string, object?]>([
    ['/v1/expenses', '/amount', undefined, 'Is required'],
    ['/v1/expenses', '/amount', 0, 'Must be at least 1', { minimum: 1 }],
    ['/v1/expenses', '/amount', 1e12 + 1, 'Must be at most 1000000000000', { maximum: 1e12 }],
    ['/v1/expenses', '/amount', 1.5, 'Must be a whole number'],
    ['/v1/expenses', '/amount', '1', 'Must be a whole number'],
    ['/v1/expenses', '/refund', 'yes', 'Must be true or false'],
    ['/v1/expenses', '/note', 5, 'Must be text'],
    ['/v1/expenses', '/note', 'x'.repeat(501), 'Must have 0 to 500 characters', { minimum: 0, maximum: 500 }],
    ['/v1/expenses', '/tags', 'lunch', 'Must be a list'],
    ['/v1/expenses', '/tags', Array(11).fill('x'), 'Must have at most 10 items', { maximum: 10 }],
    ['/v1/expenses', '/date', '2026-02-29', 'Must be a day YYYY-MM-DD that exists'],
    ['/v1/expenses', '/categoryId', 'x', 'Must be a UUIDv7 in lower case'],
    ['/v1/plans', '/kind', 'x', 'Must be one of expense, income', { allowed: ['expense', 'income'] }],
    ['/v1/auth/register', '/email', 'x', 'Must be an e-mail address'],
  ])('to %s at %s of %j says "%s", with its figures', async (path, pointer, value, message, figures = {}) => {
    const { body } = await shared.post(path, { [pointer.slice(1)]: value })
    const [fault] = body.errors.filter((found: { pointer: string }) => found.pointer === pointer)
    expect(fault).toEqual({ in: 'body', pointer, code: fault.code, message, ...figures })
  })
  let shared: Employee
  beforeAll(async () => {
    shared = await employee()
  })
})
