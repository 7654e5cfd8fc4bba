import { beforeAll, describe, expect, it } from 'vitest'
import { anyone, type Employee, employee } from '../support/api.ts'

const HOSTILE = [
  "'; DROP TABLE users; --",
  "' OR '1'='1",
  "x' UNION SELECT password_hash FROM users --",
  '"; DELETE FROM expenses; --',
  "\\'; SELECT 1; --",
  '?1 ?2 $1 :userId @userId',
  '%_%\\%',
  '<script>alert(1)</script>',
  '{{constructor.constructor("return 1")()}}',
  '$' + '{7*7}',
  '__proto__',
  'constructor',
  'Robert\r\nSet-Cookie: a=b',
  '=HYPERLINK("https://evil.example")',
  '{"$ne":null}',
  '\u202egnp.exe',
]

describe('text that would be code elsewhere', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it.each(HOSTILE)('is text: %j', async (text) => {
    const short = text.slice(0, 32).trim()
    const category = await amina.sorts({ name: text })
    const expense = await amina.spends({ merchant: text, note: text, tags: [short], categoryId: category.id })
    const income = await amina.earns({ source: text, note: text })
    expect(category.name).toBe(text)
    expect((await amina.get(`/v1/expenses/${expense.id}`)).body).toMatchObject({
      merchant: text,
      note: text,
      tags: [short.toLowerCase()],
    })
    expect((await amina.get(`/v1/incomes/${income.id}`)).body).toMatchObject({ source: text, note: text })
    for (const query of [`q=${encodeURIComponent(text)}`, `tag=${encodeURIComponent(short)}`]) {
      const { body } = await amina.get(`/v1/expenses?${query}`)
      expect(body.data.map(({ id }: { id: string }) => id)).toEqual([expense.id])
    }
    await amina.delete(`/v1/expenses/${expense.id}`)
  })

  it.each(HOSTILE)('is a key, a user agent, a tag or a name that is no one’s: %j', async (text) => {
    const inHeader = text.replaceAll(/[^ -~]/g, '')
    const headers = {
      'Idempotency-Key': inHeader,
      'User-Agent': inHeader,
      'If-Match': inHeader,
      'If-None-Match': inHeader,
    }
    expect((await amina.post('/v1/expenses', { amount: 1 }, { headers })).status).toBe(201)
    expect(
      await amina.patch(
        `/v1/expenses/${(await amina.spends()).id}`,
        { amount: 2 },
        { headers: { 'If-Match': inHeader } },
      ),
    ).toBeProblem('precondition_failed')
    for (const path of ['/v1/expenses', '/v1/categories', '/v1/auth/sessions'])
      expect((await amina.delete(`${path}/${encodeURIComponent(text)}`)).status).toBe(422)
    const login = await anyone.post('/v1/auth/login', { username: text, password: text })
    expect(login).toBeProblem('invalid_credentials')
  })
})

describe('a header', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it.each<Record<string, string>>([
    { 'X-HTTP-Method-Override': 'DELETE' },
    { 'X-HTTP-Method': 'DELETE', 'X-Method-Override': 'DELETE' },
    { 'X-Original-URL': '/livez', 'X-Rewrite-URL': '/livez' },
    { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http', 'X-Forwarded-Prefix': '/evil' },
    { Forwarded: 'for=127.0.0.1;host=evil.example;proto=http', 'X-Forwarded-For': '127.0.0.1' },
    { 'X-User-Id': '1', 'X-Forwarded-User': 'admin', 'X-Remote-User': 'admin' },
    { 'Content-Encoding': 'gzip' },
    { 'X-Middleware-Subrequest': 'middleware', 'X-Middleware-Prefetch': '1' },
  ])('that would change another server’s mind changes nothing: %j', async (headers) => {
    const { id } = await amina.spends()
    const read = await amina.get(`/v1/expenses/${id}`, { headers })
    expect(read.body).toMatchObject({ id, amount: 1299 })
    const created = await amina.post('/v1/expenses', { amount: 1 }, { headers })
    expect(created.headers.get('Location')).toBe(`/v1/expenses/${created.body.id}`)
    const refused = await anyone.get(`/v1/expenses/${id}`, { headers })
    expect(refused).toBeProblem('invalid_token')
    expect(JSON.stringify([refused.body, ...refused.headers])).not.toContain('evil')
  })
})
