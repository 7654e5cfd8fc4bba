import { scryptSync } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { statements } from '../../src/db/statement.ts'
import { MAX_SLOTS, withHashingSlot } from '../../src/modules/auth/hashing-slots.ts'
import { scrypt } from '../../src/modules/auth/scrypt.ts'
import { users } from '../../src/modules/users/table.ts'
import { anyone, employee, newName } from '../support/api.ts'
import { write } from '../support/database.ts'

afterEach(() => {
  vi.useRealTimers()
})

const logIn = (username = newName()) => anyone.post('/v1/auth/login', { username, password: 'wrong' })

/** The name of somebody whose password is stored at the cost of production: to check it takes longer than some reads. */
const nameOfCostlyPassword = async () => {
  const { user } = await employee()
  const passwordHash = `$scrypt$ln=14,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(43)}`
  await write(statements.update(users).set({ passwordHash }).where(eq(users.id, user.id)))
  return user.username
}

describe('a key', () => {
  it('is the one of RFC 7914', async () => {
    const salt = new TextEncoder().encode('NaCl')
    const key = await scrypt('password', salt, { ln: 10, r: 8, p: 16 }, () => {})
    // The RFC has 64 bytes, of which these are the first.
    expect(Buffer.from(key).toString('hex')).toBe('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162')
  })

  it.each(['', 'correct horse battery staple', '𝒳y 😀', 'x'.repeat(128)])(
    'of "%s" is that of node:crypto',
    async (password) => {
      const salt = crypto.getRandomValues(new Uint8Array(16))
      const key = await scrypt(password, salt, { ln: 4, r: 8, p: 5 }, () => {})
      expect(Buffer.from(key)).toEqual(scryptSync(password, salt, 32, { N: 16, r: 8, p: 5 }))
    },
  )
})

describe('while passwords are hashed', () => {
  it('others are answered', async () => {
    const amina = await employee()
    const usernames = [await nameOfCostlyPassword(), await nameOfCostlyPassword()]
    const order: string[] = []
    const note = (what: string) => () => void order.push(what)
    const logins = usernames.map((username) => logIn(username).then(note('login')))
    for (let i = 0; i < 5; i++) await amina.get('/v1/users/me').then(note('read'))
    await Promise.all(logins)
    expect(order).toEqual([...Array(5).fill('read'), 'login', 'login'])
  })

  it('those for whom there is no slot are told at once to try again', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const others = Array.from({ length: MAX_SLOTS }, () => withHashingSlot(() => promise))
    const refused = await logIn()
    expect(refused).toBeProblem('service_unavailable')
    expect(refused.headers.get('Retry-After')).toBe('2')
    expect(refused.headers.get('Server-Timing')).toContain('round trips: 0')
    resolve()
    await Promise.all(others)
    expect((await logIn()).status).toBe(401)
  })

  it('one of them is, at a time', async () => {
    let running = 0
    const most: number[] = []
    const work = async () => {
      most.push(++running)
      await new Promise((resolve) => setTimeout(resolve))
      running--
    }
    await Promise.all(Array.from({ length: 5 }, () => withHashingSlot((inTurn) => inTurn(work))))
    expect(most).toEqual([1, 1, 1, 1, 1])
  })

  it('a slot of a request that was cancelled is given to others', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancelled = Array.from({ length: MAX_SLOTS }, (_, i) =>
      withHashingSlot((inTurn) => (i % 2 ? inTurn(() => promise) : promise)),
    )
    expect((await logIn()).status).toBe(503)
    vi.setSystemTime(Date.now() + 3001)
    expect((await logIn()).status).toBe(401)
    resolve()
    await Promise.all(cancelled)
  })

  it('one that was thought to be cancelled still gets its turn', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { promise, resolve } = Promise.withResolvers<void>()
    const late = withHashingSlot(async (inTurn) => {
      await promise
      return inTurn(async () => 'done')
    })
    vi.setSystemTime(Date.now() + 3001)
    await withHashingSlot(async () => {})
    resolve()
    expect(await late).toBe('done')
  })
})
