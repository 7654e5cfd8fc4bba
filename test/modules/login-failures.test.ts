import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { statements } from '../../src/db/statement.ts'
import { FREE_FAILURES, loginAttempt } from '../../src/modules/auth/failures.ts'
import { digestOfName } from '../../src/modules/auth/name-digest.ts'
import { loginFailures } from '../../src/modules/auth/table.ts'
import { anyone, employee, newName, PASSWORD } from '../support/api.ts'
import { database, select, write } from '../support/database.ts'

const config = readConfig(env)
const HOUR_MS = 3_600_000
const logIn = (username: string, password: string) => anyone.post('/v1/auth/login', { username, password })
const whatIsSaid = ({ requestId: _, ...rest }: Record<string, unknown>) => rest

const rowOf = async (account: string) => {
  const [row] = await select(statements.select().from(loginFailures).where(eq(loginFailures.account, account)))
  return row
}

/** As if logging in had failed so often, and the next attempt were allowed in so many milliseconds. */
const haveFailed = async (account: string, failures: number, retryInMs: number, userId: string | null = null) => {
  const row = { failures, retryAt: Date.now() + retryInMs }
  const values = { account, userId, ...row }
  await write(
    statements.insert(loginFailures).values(values).onConflictDoUpdate({ target: loginFailures.account, set: row }),
  )
}

/** Tries by a name, as far as the database is concerned, and returns whether the attempt was let through. */
const attempt = async (name: string) => {
  try {
    await database().transaction(await loginAttempt(config, name))
    return true
  } catch {
    return false
  }
}

describe('logins that fail', () => {
  it('cost no time at first, then seconds that double up to 15 minutes', async () => {
    const name = newName()
    const account = await digestOfName(config, name)
    const delays: number[] = []
    for (let failure = 1; failure <= FREE_FAILURES + 13; failure++) {
      const before = Date.now()
      expect(await attempt(name)).toBe(true)
      delays.push(Math.floor(((await rowOf(account))?.retryAt ?? 0) - before + 500) / 1000)
      await haveFailed(account, failure, 0)
    }
    const expected = [...Array(FREE_FAILURES).fill(0), 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    expect(delays.map(Math.floor)).toEqual(expected)
  })

  it('do not delay at first who comes by another server, whose clock is behind', async () => {
    const { id, username } = (await employee()).user
    await haveFailed(id, FREE_FAILURES, 1000, id)
    expect((await logIn(username, PASSWORD)).status).toBe(200)
  })

  it('delay the account, whichever of the names is tried and whatever the password is, and leave its sessions alone', async () => {
    const amina = await employee()
    const { id, username, email } = amina.user
    await haveFailed(id, FREE_FAILURES + 7, 0, id)
    expect((await logIn(username, 'wrong')).status).toBe(401)
    for (const [name, password] of [
      [username, PASSWORD],
      [email.toUpperCase(), PASSWORD],
      [email, 'wrong'],
    ] as const) {
      const answer = await logIn(name, password)
      expect(answer).toBeProblem('too_many_failed_logins')
      const seconds = Number(answer.headers.get('Retry-After'))
      expect(seconds).toBeGreaterThan(120)
      expect(seconds).toBeLessThanOrEqual(128)
      expect(answer.headers.get('RateLimit')).toBe(`"accountLogins";r=0;t=${seconds}`)
    }
    expect((await rowOf(id))?.failures).toBe(FREE_FAILURES + 8)
    expect((await amina.get('/v1/users/me')).status).toBe(200)
    expect((await anyone.post('/v1/auth/refresh', { refreshToken: amina.session.refreshToken })).status).toBe(200)
  })

  it('are forgotten when the right password comes after the delay', async () => {
    const { user } = await employee()
    await haveFailed(user.id, 1000, 0, user.id)
    expect((await logIn(user.email, PASSWORD)).status).toBe(200)
    expect(await rowOf(user.id)).toBeUndefined()
  })

  it('are forgotten after a day', async () => {
    const name = newName()
    const account = await digestOfName(config, name)
    await haveFailed(account, 1000, -25 * HOUR_MS)
    expect([await attempt(name), await attempt(name)]).toEqual([true, true])
    expect((await rowOf(account))?.failures).toBe(2)
  })

  it('are counted before the password is compared, so that many at once are delayed, too', async () => {
    const name = newName()
    const passed = await Promise.all(Array.from({ length: FREE_FAILURES + 10 }, () => attempt(name)))
    expect(passed.filter(Boolean)).toHaveLength(FREE_FAILURES + 1)
  })

  it('are the same, and are told the same, for names that nobody has', async () => {
    const { user } = await employee()
    const unknown = newName()
    await haveFailed(user.id, FREE_FAILURES + 1, 60_000, user.id)
    await haveFailed(await digestOfName(config, unknown), FREE_FAILURES + 1, 60_000)
    const [known, other] = [await logIn(user.username, 'wrong'), await logIn(unknown, 'wrong')]
    expect(known).toBeProblem('too_many_failed_logins')
    expect(whatIsSaid(other.body)).toEqual(whatIsSaid(known.body))
    expect([known, other].map(({ headers }) => headers.get('Retry-After'))).toEqual(['60', '60'])
  })

  it('are counted under what nobody can work out without the secret, where nobody has the name', async () => {
    const other = readConfig({ ...env, JWT_SECRET: 'the secret of another installation of it' })
    const names = Array.from({ length: 8 }, newName)
    const accountsAt = (one: typeof config) => Promise.all(names.map((name) => digestOfName(one, name)))
    expect(await accountsAt(config)).toEqual(await accountsAt(config))
    expect(await accountsAt(other)).not.toEqual(await accountsAt(config))
  })
})
