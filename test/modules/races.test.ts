import { describe, expect, it } from 'vitest'
import { type Answer, anyone, employee, newId, newName, PASSWORD } from '../support/api.ts'

// Others are with what they are about: keys in idempotency, tags in preconditions, alerts in months, tokens in auth.
const AT_ONCE = 12

const atOnce = (send: (i: number) => Promise<Answer>) => Promise.all(Array.from({ length: AT_ONCE }, (_, i) => send(i)))
const count = (answers: Answer[], status: number) => answers.filter((answer) => answer.status === status).length

describe('of those who come at once', () => {
  it('one registers a name, and one an address', async () => {
    const [username, email] = [newName(), `${newName()}@example.com`]
    const register = (user: object) =>
      anyone.post('/v1/auth/register', { username, email, password: PASSWORD, ...user })
    const answers = await Promise.all([
      register({}),
      register({ email: `x${email}` }),
      register({ username: newName() }),
    ])
    expect([count(answers, 201), count(answers, 409)].join()).toMatch(/^(1,2|2,1)$/)
    const again = await register({})
    expect(again.status).toBe(409)
  })

  it('one makes a category of a name', async () => {
    const amina = await employee()
    const name = newName()
    const answers = await atOnce(() => amina.post('/v1/categories', { name }))
    expect([count(answers, 201), count(answers, 409)]).toEqual([1, AT_ONCE - 1])
  })

  it('one makes what has an id, and the others replace it', async () => {
    const amina = await employee()
    const path = `/v1/expenses/${newId()}`
    const answers = await atOnce((i) => amina.put(path, { amount: i + 1, date: '2026-11-23' }))
    expect([count(answers, 201), count(answers, 200)]).toEqual([1, AT_ONCE - 1])
    const { body } = await amina.get('/v1/months/2026-11')
    expect(body.spent).toBe((await amina.get(path)).body.amount)
  })

  it('either the currency changes or an expense is recorded in the old one', async () => {
    const amina = await employee()
    const [changed, recorded] = await Promise.all([
      amina.patch('/v1/users/me', { currency: 'EUR' }),
      amina.post('/v1/expenses', { amount: 1 }),
    ])
    expect(recorded.status).toBe(201)
    if (changed.status === 200) expect(recorded.body.currency).toBe((await amina.get('/v1/users/me')).body.currency)
    else expect(changed).toBeProblem('currency_in_use')
  })

  it('none writes after the session has ended, and each that was told so has written', async () => {
    const amina = await employee()
    const other = await amina.logInAgain()
    const [ended, ...answers] = await Promise.all([
      amina.delete('/v1/auth/sessions'),
      ...Array.from({ length: AT_ONCE }, () => other.post('/v1/expenses', { amount: 1 })),
    ])
    expect(ended.status).toBe(204)
    expect(count(answers, 201) + count(answers, 401)).toBe(AT_ONCE)
    expect((await amina.get('/v1/expenses')).body.data).toHaveLength(count(answers, 201))
  })
})
