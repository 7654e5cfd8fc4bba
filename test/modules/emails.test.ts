import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { newSecret, toToken } from '../../src/shared/user-token.ts'
import { anyone, Employee, employee, newId, newName, PASSWORD } from '../support/api.ts'
import { write } from '../support/database.ts'
import { mailbox } from '../support/mail.ts'

const PROOFS = '/v1/auth/email-proofs'

const newAddress = () => `${newName()}@example.com`

const tokenIn = (mail: { text: string } | undefined) => /prove-email#token=(\w+)$/m.exec(mail?.text ?? '')?.[1] ?? ''

/** Registers somebody, and returns the mails that they got. */
const register = async (email = newAddress()) => {
  const box = mailbox()
  const username = newName()
  const registration = { username, email, password: PASSWORD }
  const { body } = await anyone.at(box.settings).post('/v1/auth/register', registration, {
    headers: { 'CF-Connecting-IP': newId() },
  })
  return { who: new Employee(body), mails: await box.mails() }
}

/** Asks for another address, and returns the answer and the mails. */
const ask = async (who: Employee, email: string, password = PASSWORD) => {
  const box = mailbox()
  const answer = await who.at(box.settings).put('/v1/users/me/email', { email, password })
  return { answer, mails: await box.mails() }
}

const me = async (who: Employee) => (await who.get('/v1/users/me')).body

describe('an address', () => {
  it('is proved by the link that registration mails, once, by the user who is logged in', async () => {
    const { who: amina, mails } = await register()
    expect(mails).toMatchObject([{ to: amina.user.email, from: 'Outlay <outlay@company.example>' }])
    for (const part of [mails[0]?.subject, mails[0]?.text]) expect(part).not.toContain(amina.user.username)
    const token = tokenIn(mails[0])
    expect(mails[0]?.text).toContain(`\n\nhttps://front.example/prove-email#token=${token}\n\n`)
    expect(amina.user.emailVerifiedAt).toBeNull()
    const { headers } = await amina.get('/v1/users/me')
    const { body: start } = await amina.get('/v1/changes')

    expect(await anyone.post(PROOFS, { token })).toBeProblem('invalid_token')
    // Somebody who got the mail because another one has given their address, and has an account of their own.
    const bruno = await employee()
    expect(await bruno.post(PROOFS, { token })).toBeProblem('email_proof_not_found')
    expect((await amina.post(PROOFS, { token })).status).toBe(204)
    const after = await amina.get('/v1/users/me')
    expect(after.body).toEqual({ ...amina.user, emailVerifiedAt: expect.any(String) })
    expect(after.headers.get('ETag')).not.toBe(headers.get('ETag'))
    const { body } = await amina.get(`/v1/changes?since=${start.nextCursor}`)
    expect(body.changes).toMatchObject([{ type: 'user', data: after.body }])
    expect(await amina.post(PROOFS, { token })).toBeProblem('email_proof_not_found')
  })

  it('is changed when the new one is proved, and the old one is warned', async () => {
    const amina = await employee()
    const email = newAddress()
    const { answer, mails } = await ask(amina, email)
    expect([answer.status, answer.body]).toEqual([202, undefined])
    expect(mails.map(({ to }) => to)).toEqual([email, amina.user.email])
    expect(mails[1]).toMatchObject({ subject: 'Your address is about to change' })
    for (const part of [mails[1]?.text, mails[1]?.html]) expect(part).not.toContain(email)
    expect((await me(amina)).email).toBe(amina.user.email)
    expect((await amina.post(PROOFS, { token: tokenIn(mails[0]) })).status).toBe(204)
    expect(await me(amina)).toMatchObject({ email, emailVerifiedAt: expect.any(String) })
    expect((await anyone.post('/v1/auth/login', { username: email, password: PASSWORD })).status).toBe(200)
  })

  it('is mailed again, and only the newest link is good, for a day', async () => {
    const { who: amina, mails: first } = await register()
    const { mails } = await ask(amina, amina.user.email)
    expect(mails.map(({ to }) => to)).toEqual([amina.user.email])
    expect(await amina.post(PROOFS, { token: tokenIn(first[0]) })).toBeProblem('email_proof_not_found')
    const age = (milliseconds: number) =>
      write(sql`UPDATE email_proofs SET expires_at = expires_at - ${milliseconds} WHERE user_id = ${amina.user.id}`)
    await age(86_400_000)
    expect(await amina.post(PROOFS, { token: tokenIn(mails[0]) })).toBeProblem('email_proof_not_found')
    await age(-60_000)
    const forged = toToken('', amina.user.id, (await newSecret()).secret)
    for (const token of [forged, 'x', ''])
      expect(await amina.post(PROOFS, { token })).toBeProblem('email_proof_not_found')
    expect((await amina.post(PROOFS, { token: tokenIn(mails[0]) })).status).toBe(204)
  })

  it('is changed only with the password, and not to one that a colleague has', async () => {
    const [amina, bruno] = [await employee(), await employee()]
    const guessed = await ask(amina, newAddress(), 'not this one')
    expect(guessed.answer).toBeFaultAt('/password', 'wrong_password')
    const taken = await ask(amina, bruno.user.email.toUpperCase())
    expect(taken.answer).toBeProblem('email_taken')
    expect([...guessed.mails, ...taken.mails]).toEqual([])
    // Nor to one that a colleague takes before it is proved.
    const email = newAddress()
    const { mails } = await ask(amina, email)
    await write(sql`UPDATE users SET email = ${email} WHERE id = ${bruno.user.id}`)
    expect(await amina.post(PROOFS, { token: tokenIn(mails[0]) })).toBeProblem('email_taken')
    expect((await me(amina)).email).toBe(amina.user.email)
  })

  it('is mailed to five times an hour, registration among them', async () => {
    const amina = await employee()
    for (let i = 0; i < 4; i++) expect((await ask(amina, newAddress())).answer.status).toBe(202)
    const { answer, mails } = await ask(amina, newAddress())
    expect(answer).toBeProblem('too_many_email_proofs')
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(3500)
    expect(mails).toEqual([])
    await write(sql`UPDATE email_proofs SET since = since - 3600001 WHERE user_id = ${amina.user.id}`)
    expect((await ask(amina, newAddress())).answer.status).toBe(202)
  })

  it('gets ten mails an hour, whoever causes them: then nobody is told to wait who registers, but no mail is written', async () => {
    const email = newAddress()
    const askers = await Promise.all([1, 2, 3].map(() => employee()))
    const statuses: number[] = []
    for (const who of askers)
      for (let i = 0; i < 4; i++) statuses.push((await ask(who, email.toUpperCase())).answer.status)
    expect(statuses).toEqual([...Array(10).fill(202), 429, 429])
    const { answer } = await ask(await employee(), email)
    expect(answer).toBeProblem('too_many_email_proofs')
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(3500)
    const { who, mails } = await register(email)
    expect([who.user.email, mails]).toEqual([email, []])
    await write(sql`UPDATE mail_recipients SET since = since - 3600001`)
    expect((await ask(who, email)).mails).toHaveLength(1)
  })

  it('is proved by the link of a reset, too, which ends all API tokens and a change of the address that waits', async () => {
    const amina = await employee()
    const script = await amina.script('read')
    const box = mailbox()
    const reset = async (newPassword: string) => {
      const headers = { 'CF-Connecting-IP': newId() }
      await anyone.at(box.settings).post('/v1/auth/password-resets', { email: amina.user.email }, { headers })
      const token = /#token=(\w+)$/m.exec((await box.mails()).at(-1)?.text ?? '')?.[1]
      return anyone.put(`/v1/auth/password-resets/${token}`, { newPassword }, { headers })
    }
    expect((await reset('another horse, another staple')).status).toBe(204)
    expect(await script.get('/v1/expenses')).toBeProblem('invalid_token')
    const logIn = async (password: string) =>
      new Employee((await anyone.post('/v1/auth/login', { username: amina.user.username, password })).body)
    const again = await logIn('another horse, another staple')
    expect((await me(again)).emailVerifiedAt).not.toBeNull()
    const later = await again.script('read')
    const change = tokenIn((await ask(again, newAddress(), 'another horse, another staple')).mails[0])
    expect((await reset('a third horse, a third staple')).status).toBe(204)
    expect(await later.get('/v1/expenses')).toBeProblem('invalid_token')
    const back = await logIn('a third horse, a third staple')
    expect(await back.post(PROOFS, { token: change })).toBeProblem('email_proof_not_found')
    const [next] = (await ask(back, newAddress(), 'a third horse, a third staple')).mails
    const passwords = { currentPassword: 'a third horse, a third staple', newPassword: PASSWORD }
    expect((await back.put('/v1/auth/password', passwords)).status).toBe(204)
    expect(await back.post(PROOFS, { token: tokenIn(next) })).toBeProblem('email_proof_not_found')
    expect((await me(back)).email).toBe(amina.user.email)
  })
})
