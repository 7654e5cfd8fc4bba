import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { statements } from '../../src/db/statement.ts'
import { withHashingSlot } from '../../src/modules/auth/hashing-slots.ts'
import { isOutdated, verifyPassword } from '../../src/modules/auth/password.ts'
import { rotations } from '../../src/modules/auth/table.ts'
import { MAX_SESSIONS, newSession } from '../../src/modules/sessions/queries.ts'
import { sessions } from '../../src/modules/sessions/table.ts'
import { users } from '../../src/modules/users/table.ts'
import { anyone, Caller, type Employee, employee, newName, PASSWORD } from '../support/api.ts'
import { select, write } from '../support/database.ts'

const registration = (change: object = {}) => {
  const username = newName()
  return { username, email: `${username}@example.com`, password: PASSWORD, ...change }
}
const whatIsSaid = ({ requestId: _, ...rest }: Record<string, unknown>) => rest

describe('registration', () => {
  it('logs in, with defaults for what is left out', async () => {
    const sent = registration()
    const { status, body, headers } = await anyone.post('/v1/auth/register', sent)
    expect(status).toBe(201)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(body).toMatchObject({ tokenType: 'Bearer', expiresIn: 600 })
    expect(body.refreshExpiresIn / 86_400).toBeCloseTo(30, 2)
    expect(body.user).toMatchObject({ username: sent.username, currency: 'USD', timeZone: 'UTC', monthStartDay: 1 })
    expect((await new Caller(body.accessToken).get('/v1/users/me')).body).toEqual(body.user)
  })

  it.each([
    ['username', 'username_taken'],
    ['email', 'email_taken'],
  ] as const)('refuses a %s that is taken, whatever the case', async (name, code) => {
    const amina = await employee()
    const taken = registration({ [name]: amina.user[name].toUpperCase() })
    expect(await anyone.post('/v1/auth/register', taken)).toBeProblem(code)
  })

  it.each([
    ['a username of two characters', { username: 'ab' }, '/username', 'invalid_format'],
    ['a username of 33 characters', { username: 'a'.repeat(33) }, '/username', 'invalid_format'],
    ['a username with a space', { username: 'a b c' }, '/username', 'invalid_format'],
    ['an address that is none', { email: 'amina' }, '/email', 'invalid_format'],
    ['a password of 7 characters', { password: 'sh0rt!!' }, '/password', 'invalid_length'],
    ['a password of 129 characters', { password: 'x'.repeat(129) }, '/password', 'invalid_length'],
    ['a common password', { password: 'qwertyuiop' }, '/password', 'common_password'],
    ['a common password in capitals', { password: 'PassWord' }, '/password', 'common_password'],
    [
      'the username as password',
      { username: 'amina.of.paris', password: 'Amina.of.Paris' },
      '/password',
      'password_is_name',
    ],
    ['the address as password', { email: 'a@example.com', password: 'A@example.com' }, '/password', 'password_is_name'],
    ['an unknown currency', { currency: 'ABC' }, '/currency', 'unknown_currency'],
    ['an unknown time zone', { timeZone: 'Mars/Phobos' }, '/timeZone', 'unknown_time_zone'],
    ['a month that starts on the 29th', { monthStartDay: 29 }, '/monthStartDay', 'too_big'],
    ['no username', { username: undefined }, '/username', 'required'],
    ['an unknown member', { admin: true }, '/admin', 'unknown_member'],
  ])('refuses %s', async (_, change, pointer, code) => {
    expect(await anyone.post('/v1/auth/register', registration(change))).toBeFaultAt(pointer, code)
  })

  it.each([
    ['of 8 characters', 'k7#Wq9!z'],
    ['of 128 characters', '𝒳y'.repeat(64)],
    ['with spaces at its ends', '  a secret  '],
  ])('takes a password %s, as it is', async (_, password) => {
    const { body } = await anyone.post('/v1/auth/register', registration({ password }))
    const { username } = body.user
    expect((await anyone.post('/v1/auth/login', { username, password })).status).toBe(200)
    expect((await anyone.post('/v1/auth/login', { username, password: `${password.trim()} ` })).status).not.toBe(200)
  })

  it('names every fault at once', async () => {
    const { body } = await anyone.post('/v1/auth/register', { username: 'a', email: 'b', extra: 1 })
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/email',
      '/extra',
      '/password',
      '/username',
    ])
  })
})

describe('login', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it.each(['username', 'email'] as const)('takes the %s, whatever the case', async (name) => {
    const credentials = { username: amina.user[name].toUpperCase(), password: PASSWORD }
    const { status, body } = await anyone.post('/v1/auth/login', credentials)
    expect(status).toBe(200)
    expect(body.user).toEqual(amina.user)
    expect((await new Caller(body.accessToken).get('/v1/users/me')).status).toBe(200)
  })

  it('says the same of a wrong name as of a wrong password', async () => {
    const wrongPassword = await anyone.post('/v1/auth/login', { username: amina.user.username, password: 'wrong' })
    const wrongName = await anyone.post('/v1/auth/login', { username: newName(), password: 'wrong' })
    expect(wrongPassword).toBeProblem('invalid_credentials')
    expect(whatIsSaid(wrongName.body)).toEqual(whatIsSaid(wrongPassword.body))
    expect(wrongName.headers.get('WWW-Authenticate')).toBe('Bearer realm="outlay"')
  })

  it('stores the password at the cost of today, where it was stored at another one', async () => {
    const bruno = await employee()
    const cheap = '$scrypt$ln=4,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$bCMfeV7BuBCVyby1o1ySbTGnbhXpcuIqonu7yJ0gdNo'
    expect(await withHashingSlot((inTurn) => verifyPassword(inTurn, 'an old password', cheap))).toBe(true)
    await write(statements.update(users).set({ passwordHash: cheap }).where(eq(users.id, bruno.user.id)))
    const credentials = { username: bruno.user.username, password: 'an old password' }
    expect((await anyone.post('/v1/auth/login', credentials)).status).toBe(200)
    const [row] = await select(statements.select().from(users).where(eq(users.id, bruno.user.id)))
    expect([cheap, row?.passwordHash ?? ''].map(isOutdated)).toEqual([true, false])
    expect((await anyone.post('/v1/auth/login', credentials)).status).toBe(200)
  })

  it('clears away the sessions that are over', async () => {
    const bruno = await employee()
    await write(statements.update(sessions).set({ expiresAt: 1 }).where(eq(sessions.userId, bruno.user.id)))
    expect(await bruno.get('/v1/users/me')).toBeProblem('invalid_token')
    await bruno.logInAgain()
    const rows = await select(statements.select().from(sessions).where(eq(sessions.userId, bruno.user.id)))
    expect(rows).toHaveLength(1)
  })

  it('of one session too many ends the one that was not refreshed for longest', async () => {
    const bruno = await employee()
    const others = Array.from({ length: MAX_SESSIONS - 1 }, () => newSession(bruno.user.id, undefined))
    await write(...others.map((session) => statements.insert(sessions).values(session)))
    const [idle = { id: '' }, ...rest] = others
    await write(statements.update(sessions).set({ refreshedAt: 1 }).where(eq(sessions.id, idle.id)))
    expect((await (await bruno.logInAgain()).get('/v1/users/me')).status).toBe(200)
    const left = await select(statements.select().from(sessions).where(eq(sessions.userId, bruno.user.id)))
    expect(left).toHaveLength(MAX_SESSIONS)
    const ids = left.map(({ id }) => id)
    expect(ids).not.toContain(idle.id)
    expect(ids).toEqual(expect.arrayContaining(rest.map(({ id }) => id)))
    expect((await bruno.get('/v1/users/me')).status).toBe(200)
  })
})

describe('refreshing a session', () => {
  const refresh = (refreshToken: string) => anyone.post('/v1/auth/refresh', { refreshToken })
  /** As if every rotation had been so long ago. */
  const wait = ({ user }: Employee, seconds: number) =>
    write(
      statements
        .update(rotations)
        .set({ at: Date.now() - seconds * 1000 })
        .where(eq(rotations.userId, user.id)),
    )

  it('gives new tokens, and goes on with them', async () => {
    const amina = await employee()
    const first = await refresh(amina.session.refreshToken)
    expect(first.status).toBe(200)
    expect(first.body.refreshToken).not.toBe(amina.session.refreshToken)
    expect(first.body.user).toEqual(amina.user)
    const second = await refresh(first.body.refreshToken)
    expect(second.status).toBe(200)
    expect((await new Caller(second.body.accessToken).get('/v1/users/me')).status).toBe(200)
  })

  it('gives the same successor again within 30 seconds, since the answer may have been lost', async () => {
    const amina = await employee()
    const first = await refresh(amina.session.refreshToken)
    await wait(amina, 29)
    const again = await refresh(amina.session.refreshToken)
    expect(again.status).toBe(200)
    expect(again.body.refreshToken).not.toBe(amina.session.refreshToken)
    expect((await refresh(again.body.refreshToken)).status).toBe(200)
    expect(first.status).toBe(200)
  })

  it('gives the same bytes to all who send a token at once', async () => {
    const amina = await employee()
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(amina.session.refreshToken)))
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1)
  })

  it('ends the session when a token is sent later than that', async () => {
    const amina = await employee()
    const next = await refresh(amina.session.refreshToken)
    await wait(amina, 31)
    expect(await refresh(amina.session.refreshToken)).toBeProblem('invalid_refresh_token')
    expect(await refresh(next.body.refreshToken)).toBeProblem('invalid_refresh_token')
    expect(await amina.get('/v1/users/me')).toBeProblem('invalid_token')
  })

  it('gives that successor even where it has been rotated itself', async () => {
    const amina = await employee()
    const first = await refresh(amina.session.refreshToken)
    const second = await refresh(first.body.refreshToken)
    const again = await refresh(amina.session.refreshToken)
    expect(again.body.refreshToken).toBe(first.body.refreshToken)
    expect((await refresh(again.body.refreshToken)).body.refreshToken).toBe(second.body.refreshToken)
    expect((await refresh(second.body.refreshToken)).status).toBe(200)
  })

  it('ends the session when a token of two rotations ago is sent later than that', async () => {
    const amina = await employee()
    const first = await refresh(amina.session.refreshToken)
    const second = await refresh(first.body.refreshToken)
    await wait(amina, 31)
    expect(await refresh(amina.session.refreshToken)).toBeProblem('invalid_refresh_token')
    expect(await refresh(second.body.refreshToken)).toBeProblem('invalid_refresh_token')
  })

  it('carries a changed time zone into the new token', async () => {
    const amina = await employee({ timeZone: 'Etc/GMT+12' })
    await amina.patch('/v1/users/me', { timeZone: 'Pacific/Kiritimati' })
    const { body } = await refresh(amina.session.refreshToken)
    expect(body.user.timeZone).toBe('Pacific/Kiritimati')
    expect(JSON.parse(atob(body.accessToken.split('.')[1])).zoneinfo).toBe('Pacific/Kiritimati')
  })

  it.each([
    ['text that is no token', () => 'nonsense'],
    ['an access token', ({ session }: Employee) => session.accessToken],
    ['a token whose signature is another', ({ session }: Employee) => `${session.refreshToken.slice(0, -4)}AAAA`],
  ])('refuses %s', async (_, make) => {
    const amina = await employee()
    expect(await refresh(make(amina))).toBeProblem('invalid_refresh_token')
    expect((await refresh(amina.session.refreshToken)).status).toBe(200)
  })

  it('refuses the token of a session that was logged out', async () => {
    const amina = await employee()
    await amina.post('/v1/auth/logout')
    expect(await refresh(amina.session.refreshToken)).toBeProblem('invalid_refresh_token')
  })
})

describe('a change of the password', () => {
  const change = (who: Caller, currentPassword: string, newPassword: string) =>
    who.put('/v1/auth/password', { currentPassword, newPassword })

  it('ends every other session, and makes the old password useless', async () => {
    const amina = await employee()
    const phone = await amina.logInAgain()
    expect((await change(amina, PASSWORD, 'a new password, quite long')).status).toBe(204)
    expect((await amina.get('/v1/users/me')).status).toBe(200)
    expect(await phone.get('/v1/users/me')).toBeProblem('invalid_token')
    const { username } = amina.user
    expect(await anyone.post('/v1/auth/login', { username, password: PASSWORD })).toBeProblem('invalid_credentials')
    const renewed = { username, password: 'a new password, quite long' }
    expect((await anyone.post('/v1/auth/login', renewed)).status).toBe(200)
  })

  it('needs the current password', async () => {
    const amina = await employee()
    const phone = await amina.logInAgain()
    expect(await change(amina, 'not this one', 'a new password, quite long')).toBeFaultAt(
      '/currentPassword',
      'wrong_password',
    )
    expect((await phone.get('/v1/users/me')).status).toBe(200)
  })

  it('refuses one that is too short, too long, common or a name', async () => {
    const amina = await employee()
    for (const password of ['short', 'password123', 'x'.repeat(129)])
      expect(await change(amina, PASSWORD, password)).toBeFaultAt('/newPassword')
    for (const name of ['username', 'email'])
      expect(await change(amina, PASSWORD, amina.user[name].toUpperCase())).toBeFaultAt(
        '/newPassword',
        'password_is_name',
      )
  })

  it('happens once, of two that start from the same password', async () => {
    const amina = await employee()
    const answers = await Promise.all(
      ['the first new password', 'the second new password'].map((password) => change(amina, PASSWORD, password)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 422])
  })
})
