import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { statements } from '../../src/db/statement.ts'
import { MAX_SLOTS, withHashingSlot } from '../../src/modules/auth/hashing-slots.ts'
import { users } from '../../src/modules/users/table.ts'
import { type Employee, employee, newName, PASSWORD } from '../support/api.ts'
import { write } from '../support/database.ts'

describe('the user who is logged in', () => {
  it('is the one who registered, without the password', async () => {
    const amina = await employee({ currency: 'EUR', timeZone: 'Europe/Paris', monthStartDay: 28 })
    const { body } = await amina.get('/v1/users/me')
    expect(body).toEqual(amina.user)
    expect(body).toMatchObject({ currency: 'EUR', timeZone: 'Europe/Paris', monthStartDay: 28 })
    expect(JSON.stringify(body)).not.toContain('scrypt')
  })

  it('changes what a patch names, and nothing else', async () => {
    const amina = await employee()
    const patch = { username: newName(), timeZone: 'Asia/Tokyo', currency: 'JPY', monthStartDay: 25 }
    const { status, body } = await amina.patch('/v1/users/me', { ...patch, currentPassword: PASSWORD })
    expect(status).toBe(200)
    const changed = { ...amina.user, ...patch }
    expect(body).toEqual({ ...changed, pastMonthsChanged: true })
    expect((await amina.get('/v1/users/me')).body).toEqual(changed)
    expect((await amina.patch('/v1/users/me', {})).body).toEqual({ ...changed, pastMonthsChanged: false })
  })

  it('is told that another day for months to start on has cut past months anew', async () => {
    const amina = await employee()
    await amina.spends({ amount: 70, date: '2024-03-10' })
    const spentIn = async (month: string) => (await amina.get(`/v1/months/${month}`)).body.spent
    const { body } = await amina.patch('/v1/users/me', { monthStartDay: 25 })
    expect([body.pastMonthsChanged, await spentIn('2024-02'), await spentIn('2024-03')]).toEqual([true, 70, 0])
    const again = await amina.patch('/v1/users/me', { monthStartDay: 25, timeZone: 'Asia/Tokyo' })
    expect(again.body.pastMonthsChanged).toBe(false)
  })

  it('may change the case of its own name', async () => {
    const amina = await employee()
    const username = amina.user.username.toUpperCase()
    const patch = { username, currentPassword: PASSWORD }
    expect((await amina.patch('/v1/users/me', patch)).body.username).toBe(username)
  })

  it("cannot take a colleague's name, whatever the case", async () => {
    const [amina, bruno] = [await employee(), await employee()]
    const taken = { username: amina.user.username.toUpperCase(), currentPassword: PASSWORD }
    expect(await bruno.patch('/v1/users/me', taken)).toBeProblem('username_taken')
    expect((await bruno.get('/v1/users/me')).body).toEqual(bruno.user)
  })

  it('changes the username only with the current password', async () => {
    const amina = await employee()
    const patch = { username: newName() }
    expect(await amina.patch('/v1/users/me', patch)).toBeFaultAt('/currentPassword', 'required')
    const guessed = { ...patch, currentPassword: 'not this one' }
    expect(await amina.patch('/v1/users/me', guessed)).toBeFaultAt('/currentPassword', 'wrong_password')
    expect((await amina.get('/v1/users/me')).body).toEqual(amina.user)
    const proved = { ...patch, currentPassword: PASSWORD }
    expect((await amina.patch('/v1/users/me', proved)).body).toMatchObject({ ...amina.user, ...patch })
  })

  it('cannot find out the addresses of others by trying, ten a minute apart', async () => {
    const amina = await employee()
    const { promise, resolve } = Promise.withResolvers<void>()
    for (let i = 0; i < MAX_SLOTS; i++) void withHashingSlot(() => promise)
    const change = { email: `${newName()}@example.com`, password: PASSWORD }
    const statuses: number[] = []
    while (statuses.at(-1) !== 429 && statuses.length <= 20)
      statuses.push((await amina.put('/v1/users/me/email', change)).status)
    resolve()
    expect(statuses.at(-1)).toBe(429)
    expect(statuses.length).toBeGreaterThan(10)
    expect((await amina.patch('/v1/users/me', { monthStartDay: 2 })).status).toBe(200)
  })

  it.each(['spends', 'earns'] as const)(
    'cannot change the currency once it %s, even after that is deleted, since it can be restored',
    async (does) => {
      const amina = await employee()
      const { id } = await amina[does]()
      expect(await amina.patch('/v1/users/me', { currency: 'EUR', monthStartDay: 9 })).toBeProblem('currency_in_use')
      expect((await amina.get('/v1/users/me')).body).toEqual(amina.user)
      expect((await amina.patch('/v1/users/me', { currency: 'USD' })).status).toBe(200)
      await amina.delete(`/v1/${does === 'spends' ? 'expenses' : 'incomes'}/${id}`)
      expect(await amina.patch('/v1/users/me', { currency: 'EUR' })).toBeProblem('currency_in_use')
    },
  )

  describe('has a time zone', () => {
    let amina: Employee
    beforeAll(async () => {
      amina = await employee()
    })

    it.each([
      ['Europe/Paris', 'Europe/Paris'],
      ['europe/PARIS', 'Europe/Paris'],
      ['utc', 'UTC'],
      ['etc/gmt+12', 'Etc/GMT+12'],
      // Two names of one zone: browsers send the one or the other.
      ['asia/kolkata', 'Asia/Kolkata'],
      ['Asia/Calcutta', 'Asia/Calcutta'],
      ['america/port-AU-prince', 'America/Port-au-Prince'],
      ['US/Pacific', 'US/Pacific'],
    ])('that may be sent as %s and is answered as %s', async (sent, answered) => {
      expect((await amina.patch('/v1/users/me', { timeZone: sent })).body.timeZone).toBe(answered)
      expect((await amina.get('/v1/users/me')).body.timeZone).toBe(answered)
    })

    it.each(['', 'PST', 'Factory', 'SystemV/PST8PDT', 'Mars/Phobos', '+02:00', '-05', 'Europe/Paris ', '../etc'])(
      'that cannot be "%s"',
      async (timeZone) => {
        expect(await amina.patch('/v1/users/me', { timeZone })).toBeFaultAt('/timeZone', 'unknown_time_zone')
      },
    )

    it('that still works where it was stored before it had to be of the IANA database', async () => {
      const bruno = await employee()
      await write(statements.update(users).set({ timeZone: 'PST' }).where(eq(users.id, bruno.user.id)))
      const again = await bruno.logInAgain()
      expect(again.user.timeZone).toBe('PST')
      expect((await again.get('/v1/months/current')).status).toBe(200)
      expect((await again.patch('/v1/users/me', { monthStartDay: 5 })).body.timeZone).toBe('PST')
    })
  })

  let refused: Employee
  beforeAll(async () => {
    refused = await employee()
  })

  it.each([
    ['currency', 'XXY'],
    ['currency', 'usd'],
    ['monthStartDay', 0],
    ['monthStartDay', 29],
    ['monthStartDay', 1.5],
    ['username', 'ab'],
    ['username', 'a b c'],
    ['email', 'nobody'],
    ['currency', null],
    ['id', '0198c5d2-7b3e-7c4a-9f60-3d1f8a2b4c5e'],
    ['passwordHash', 'x'],
  ])('refuses the %s %j', async (name, value) => {
    expect(await refused.patch('/v1/users/me', { [name]: value })).toBeFaultAt(`/${name}`)
  })
})
