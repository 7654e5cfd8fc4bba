import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { API_TOKEN_PREFIX } from '../../src/http/api-token.ts'
import { updateUtcOffsets } from '../../src/modules/users/offset-job.ts'
import { utcOffset } from '../../src/shared/calendar.ts'
import { newSecret, readToken, toToken } from '../../src/shared/user-token.ts'
import { Caller, type Employee, employee, importOf, newId } from '../support/api.ts'
import { database, values, write } from '../support/database.ts'
import { loggedDuring } from '../support/log.ts'
import { databaseThat } from '../support/proxied.ts'

const readApiToken = (token: string) => readToken(API_TOKEN_PREFIX, token)
/** An API token that was made up. */
const newApiToken = async (userId: string) => {
  const { secret, hash } = await newSecret()
  return { token: toToken(API_TOKEN_PREFIX, userId, secret), hash }
}

const DAY = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString()
const today = () => new Date().toISOString().slice(0, 10)

describe('the text of an API token', () => {
  it('has the user and a checksum in it: a wrong one is told without the database', async () => {
    const userId = newId()
    const { token, hash } = await newApiToken(userId)
    expect(token).toMatch(/^olt_[0-9A-Za-z]{55}$/)
    expect(await readApiToken(token)).toEqual({ userId, hash })
    for (let i = 4; i < token.length; i++) {
      const other = token[i] === 'x' ? 'y' : 'x'
      expect(await readApiToken(token.slice(0, i) + other + token.slice(i + 1))).toBeNull()
    }
    for (const text of ['', 'olt_', token.slice(0, -1), `${token}0`, token.toUpperCase(), ` ${token}`])
      expect(await readApiToken(text)).toBeNull()
  })

  it('ends in the CRC32 that everybody computes', async () => {
    const { token } = await newApiToken(newId())
    const content = token.slice(4, -6)
    const { crc32 } = await import('node:zlib')
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    const told = [...token.slice(-6)].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0)
    expect(told).toBe(crc32(content))
  })
})

describe('API tokens', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('are made, told once, listed newest first, and revoked at once', async () => {
    const bruno = await employee()
    const first = await bruno.makesToken({ name: ' Bank ', scopes: ['write', 'read'], expiresAt: inDays(365) })
    expect(first).toMatchObject({ name: 'Bank', scopes: ['read', 'write'], lastUsedOn: null })
    const second = await bruno.makesToken()
    const { body } = await bruno.get('/v1/tokens')
    const shown = [second, first].map(({ token: _, ...rest }) => rest)
    expect(body).toEqual({ data: shown, nextCursor: null })
    const page = await bruno.get('/v1/tokens?limit=1')
    const next = await bruno.get(`/v1/tokens?limit=1&cursor=${page.body.nextCursor}`)
    expect([...page.body.data, ...next.body.data]).toEqual(shown)

    const script = new Caller(first.token)
    expect((await script.get('/v1/expenses')).status).toBe(200)
    expect((await bruno.delete(`/v1/tokens/${first.id}`)).status).toBe(204)
    expect(await script.get('/v1/expenses')).toBeProblem('invalid_token')
    expect(await script.post('/v1/expenses', { amount: 1 })).toBeProblem('invalid_token')
    expect((await bruno.get('/v1/expenses')).body.data).toEqual([])
    expect(await bruno.delete(`/v1/tokens/${first.id}`)).toBeProblem('token_not_found')
    expect((await new Caller(second.token).get('/v1/expenses')).status).toBe(200)
  })

  it('are stored as a digest', async () => {
    const { token, id } = await amina.makesToken()
    const rows = await values(sql`SELECT * FROM api_tokens WHERE user_id = ${amina.user.id} AND id = ${id}`)
    expect(JSON.stringify(rows)).toContain((await readApiToken(token))?.hash)
    expect(JSON.stringify(rows)).not.toContain(token.slice(4, 50))
  })

  it.each([
    ['/name', { name: '  ' }],
    ['/scopes', { scopes: [] }],
    ['/scopes', { scopes: ['read', 'read'] }],
    ['/scopes/0', { scopes: ['admin'] }],
    ['/expiresAt', { expiresAt: inDays(-1) }],
    ['/expiresAt', { expiresAt: inDays(367) }],
    ['/expiresAt', { expiresAt: '2026-11-23' }],
    ['/expiresAt', { expiresAt: undefined }],
  ])('are refused for what is wrong at %s: %j', async (pointer, change) => {
    const token = { name: 'script', scopes: ['read'], expiresAt: inDays(1), ...change }
    expect(await amina.post('/v1/tokens', token)).toBeFaultAt(pointer)
  })

  it('are at most 50, of those that are good', async () => {
    const bruno = await employee()
    const insert = (count: number, expiresAt: number, prefix: string) =>
      write(sql`INSERT INTO api_tokens (user_id, id, name, hash, scopes, created_at, expires_at)
        WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT ${count})
        SELECT ${bruno.user.id}, ${prefix} || value, 'n', ${prefix} || value, 1, 1, ${expiresAt} FROM n`)
    await insert(60, 1, 'old')
    await insert(49, Date.now() + DAY, 'good')
    await bruno.makesToken()
    const answer = await bruno.post('/v1/tokens', { name: 'one more', scopes: ['read'], expiresAt: inDays(1) })
    expect(answer).toBeProblem('too_many_tokens')
  })

  it('end when they expire', async () => {
    const { token, id } = await amina.makesToken()
    const script = new Caller(token)
    expect((await script.get('/v1/expenses')).status).toBe(200)
    await write(sql`UPDATE api_tokens SET expires_at = ${Date.now() - 1} WHERE id = ${id}`)
    expect(await script.get('/v1/expenses')).toBeProblem('invalid_token')
    const { body } = await amina.get('/v1/tokens?limit=100')
    expect(body.data.map((shown: { id: string }) => shown.id)).not.toContain(id)
  })

  it("are of their user alone: one with a colleague's id in it is nobody's", async () => {
    const bruno = await employee()
    await bruno.makesToken()
    const { token } = await newApiToken(bruno.user.id)
    expect(await new Caller(token).get('/v1/expenses')).toBeProblem('invalid_token')
  })

  it('cost a request one round trip, and note once a day that they are used', async () => {
    const { token, id } = await amina.makesToken({ scopes: ['read', 'write'] })
    const use = async (send: (script: Caller) => Promise<{ status: number; headers: Headers }>) => {
      const { settings, calls } = databaseThat('pass')
      const { status, headers } = await send(new Caller(token, settings))
      expect(status).toBeLessThan(300)
      expect(headers.get('Server-Timing')).toContain('round trips: 1"')
      return calls()
    }
    const lastUsed = async () => {
      const { body } = await amina.get('/v1/tokens?limit=100')
      return body.data.find((shown: { id: string }) => shown.id === id).lastUsedOn
    }
    expect(await use((script) => script.get('/v1/months/current'))).toBe(2)
    expect(await lastUsed()).toBe(today())
    expect(await use((script) => script.get('/v1/months/current'))).toBe(1)
    expect(await use((script) => script.post('/v1/expenses', { amount: 1 }))).toBe(1)
    await write(sql`UPDATE api_tokens SET last_used_on = '2026-01-01' WHERE id = ${id}`)
    expect(await use((script) => script.post('/v1/expenses', { amount: 1 }))).toBe(2)
    expect(await lastUsed()).toBe(today())
  })

  it('cost none where they are mistyped, or their route takes none', async () => {
    const { token } = await amina.makesToken({ scopes: ['read', 'write', 'capture'] })
    const { settings, calls } = databaseThat('pass')
    for (const last of ['-', token.endsWith('0') ? '1' : '0']) {
      const mistyped = new Caller(token.slice(0, -1) + last, settings)
      expect(await mistyped.get('/v1/expenses')).toBeProblem('invalid_token')
    }
    expect(await new Caller(token, settings).get('/v1/tokens')).toBeProblem('insufficient_scope')
    expect(await calls()).toBe(0)
  })

  it('do their work where the use cannot be noted, and the log says so', async () => {
    const { token, id } = await amina.makesToken()
    await write(sql`UPDATE api_tokens SET last_used_on = '2026-01-01' WHERE id = ${id}`)
    const { settings } = databaseThat('later-drop')
    const lines = await loggedDuring(async () => {
      expect((await new Caller(token, settings).get('/v1/expenses')).status).toBe(200)
    })
    expect(lines).toContainEqual(expect.objectContaining({ task: 'api_token_use', level: 'error' }))
  })

  it('of a user whose quota others would use up by tokens made up count as what they are: unknown', async () => {
    const bruno = await employee()
    const { token } = await bruno.makesToken({ scopes: ['write'] })
    await new Caller(token).delete(`/v1/expenses/${newId()}`)
    const headers = { 'CF-Connecting-IP': newId() }
    const statuses: number[] = []
    while (statuses.at(-1) !== 429 && statuses.length < 250) {
      const forged = new Caller((await newApiToken(bruno.user.id)).token)
      statuses.push((await forged.delete(`/v1/expenses/${newId()}`, { headers })).status)
    }
    expect(statuses.length).toBeGreaterThan(120)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    for (let i = 0; i < 7; i++) {
      const forged = new Caller((await newApiToken(bruno.user.id)).token)
      const options = { headers: { 'CF-Connecting-IP': newId() } }
      expect(await forged.post('/v1/imports', importOf(`2026-11-23,-1,${newId()}`), options)).toBeProblem(
        'invalid_token',
      )
    }
    await bruno.imports()
    expect((await new Caller(token).delete(`/v1/expenses/${newId()}`, { headers })).status).toBe(404)
  })
})

describe('the day of a script', () => {
  it('is that of its user, whose clock the hourly job keeps', async () => {
    const zone = 'Pacific/Kiritimati'
    const amina = await employee({ timeZone: zone })
    const script = await amina.script('capture')
    const day = async () => (await script.post('/v1/expenses', { amount: 1 })).body.date
    const there = new Date(Date.now() + utcOffset(zone, Date.now()) * 60_000).toISOString().slice(0, 10)
    expect(await day()).toBe(there)
    await write(sql`UPDATE users SET utc_offset = utc_offset - 1440 WHERE id = ${amina.user.id}`)
    expect(await day()).not.toBe(there)
    expect(await updateUtcOffsets(database())).toBeGreaterThan(0)
    expect(await day()).toBe(there)
  })
})
