import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { toMessage } from '../../src/mail/message.ts'
import { newSecret, toToken } from '../../src/shared/user-token.ts'
import { anyone, type Caller, type Employee, employee, newId, newName, PASSWORD } from '../support/api.ts'
import { values, write } from '../support/database.ts'
import { loggedDuring } from '../support/log.ts'
import { mailbox } from '../support/mail.ts'

const PATH = '/v1/auth/password-resets'
const NEW_PASSWORD = 'another horse, another staple'

/** Asks for a reset from an address of its own, and returns the mails that were written. */
const ask = async (email: string, settings: object = {}) => {
  const box = mailbox()
  const headers = { 'CF-Connecting-IP': newId() }
  const answer = await anyone.at({ ...box.settings, ...settings }).post(PATH, { email }, { headers })
  return { answer, mails: await box.mails() }
}

const tokenIn = ({ text }: { text: string }) => /#token=(\w+)$/m.exec(text)?.[1] ?? ''

const use = (token: string, newPassword = NEW_PASSWORD, caller: Caller = anyone) =>
  caller.put(`${PATH}/${token}`, { newPassword }, { headers: { 'CF-Connecting-IP': newId() } })

const logIn = ({ user }: Employee, password: string) =>
  anyone.post('/v1/auth/login', { username: user.username, password })

describe('a mail', () => {
  it('is the same in text and in HTML, where it is escaped', () => {
    const { text, html } = toMessage('a@b.example', 'Hello', ['1 < 2 & "so"', { link: "https://x.example/?a=1&b='2'" }])
    expect(text).toBe('1 < 2 & "so"\n\nhttps://x.example/?a=1&b=\'2\'\n')
    expect(html).toContain('<p>1 &lt; 2 &amp; &quot;so&quot;</p>')
    const link = 'https://x.example/?a=1&amp;b=&#39;2&#39;'
    expect(html).toContain(`<p><a href="${link}">${link}</a></p>`)
  })
})

describe('a forgotten password', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('is set anew by the link in a mail, once, which ends every session and tells the owner', async () => {
    const bruno = await employee()
    const other = await bruno.logInAgain()
    const { answer, mails } = await ask(bruno.user.email.toUpperCase())
    expect([answer.status, answer.body]).toEqual([202, undefined])
    expect(mails).toHaveLength(1)
    const [mail] = mails
    const token = tokenIn(mail ?? { text: '' })
    const link = `https://front.example/reset-password#token=${token}`
    expect(mail).toMatchObject({ to: bruno.user.email, from: 'Outlay <outlay@company.example>' })
    expect(mail?.text).toContain(`\n\n${link}\n\n`)
    expect(mail?.html).toContain(`<a href="${link}">${link}</a>`)
    // Whoever types a name or an address must not get to write to somebody by it.
    for (const part of [mail?.subject, mail?.text, mail?.html]) expect(part).not.toContain(bruno.user.username)

    const box = mailbox()
    const done = await use(token, NEW_PASSWORD, anyone.at(box.settings))
    expect([done.status, done.body]).toEqual([204, undefined])
    expect(await box.mails()).toMatchObject([{ to: bruno.user.email, subject: 'Your password was changed' }])
    for (const session of [bruno, other]) {
      expect(await session.get('/v1/users/me')).toBeProblem('invalid_token')
      const { refreshToken } = session.session
      expect(await anyone.post('/v1/auth/refresh', { refreshToken })).toBeProblem('invalid_refresh_token')
    }
    expect(await logIn(bruno, PASSWORD)).toBeProblem('invalid_credentials')
    expect((await logIn(bruno, NEW_PASSWORD)).status).toBe(200)
    expect(await use(token, PASSWORD)).toBeProblem('password_reset_not_found')
  })

  it('is told of in the same way for an address that nobody has, and no mail is written', async () => {
    const { answer: known } = await ask(amina.user.email)
    const { answer: unknown, mails } = await ask(`${newName()}@example.com`)
    const shown = ({ status, headers, body }: typeof known) => {
      const varying = ['server-timing', 'x-request-id']
      return { status, body, headers: [...headers].filter(([name]) => !varying.includes(name)) }
    }
    expect(shown(unknown)).toEqual(shown(known))
    expect(mails).toEqual([])
  })

  it('has a link for 30 minutes, the newest alone, and one that a colleague cannot use', async () => {
    const bruno = await employee()
    const [first] = (await ask(bruno.user.email)).mails
    const [second] = (await ask(bruno.user.email)).mails
    const [old, good] = [first, second].map((mail) => tokenIn(mail ?? { text: '' })) as [string, string]
    expect(await use(old)).toBeProblem('password_reset_not_found')
    const { secret } = await newSecret()
    for (const wrong of [toToken('', bruno.user.id, secret), `${good.slice(0, -1)}-`, 'x', `olt_${good}`])
      expect(await use(wrong)).toBeProblem('password_reset_not_found')
    const age = (milliseconds: number) =>
      write(sql`UPDATE password_resets SET expires_at = expires_at - ${milliseconds} WHERE account = ${bruno.user.id}`)
    await age(30 * 60_000)
    expect(await use(good)).toBeProblem('password_reset_not_found')
    await age(-60_000)
    expect((await use(good)).status).toBe(204)
  })

  it('keeps its link where the new password is refused', async () => {
    const bruno = await employee()
    const [mail] = (await ask(bruno.user.email)).mails
    const token = tokenIn(mail ?? { text: '' })
    expect(await use(token, 'password')).toBeFaultAt('/newPassword', 'common_password')
    expect(await use(token, bruno.user.email)).toBeFaultAt('/newPassword', 'password_is_name')
    expect((await use(token)).status).toBe(204)
  })

  it('is set once, of two who use the link at once', async () => {
    const bruno = await employee()
    const [mail] = (await ask(bruno.user.email)).mails
    const token = tokenIn(mail ?? { text: '' })
    const answers = await Promise.all([use(token, 'the first of the two'), use(token, 'the second of the two')])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404])
  })

  it('cannot be set by a link that went to an address which is no longer that of the account', async () => {
    const bruno = await employee()
    const [mail] = (await ask(bruno.user.email)).mails
    await write(sql`UPDATE users SET email = ${`${newName()}@example.com`} WHERE id = ${bruno.user.id}`)
    expect(await use(tokenIn(mail ?? { text: '' }))).toBeProblem('password_reset_not_found')
  })

  it('sends five mails an hour to an account, and says nothing of the sixth; the fifth link stays good', async () => {
    const bruno = await employee()
    const sent = []
    for (let i = 0; i < 7; i++) {
      const { answer, mails } = await ask(bruno.user.email)
      expect(answer.status).toBe(202)
      sent.push(...mails)
    }
    expect(sent).toHaveLength(5)
    await write(sql`UPDATE password_resets SET since = since - 3600001 WHERE account = ${bruno.user.id}`)
    expect((await ask(bruno.user.email)).mails).toHaveLength(1)
    const rows = await values(sql`SELECT requests FROM password_resets WHERE account = ${bruno.user.id}`)
    expect(rows).toEqual([[1]])
  })

  it('keeps nothing of an address that nobody has but a count', async () => {
    const email = `${newName()}@example.com`
    await ask(email)
    const found = sql`SELECT count(*) FROM password_resets WHERE user_id IS NULL AND email IS NULL AND length(account) = 3`
    expect((await values(found))[0]?.[0]).toBeGreaterThan(0)
    expect(await values(sql`SELECT 1 FROM password_resets WHERE account = ${email} OR email = ${email}`)).toEqual([])
  })

  it('is answered where its mail cannot be sent, and the log says so, without the address', async () => {
    const broken = { MAIL: { send: () => Promise.reject(new Error(`${amina.user.email} bounced`)) } }
    const lines = await loggedDuring(async () => {
      expect((await ask(amina.user.email, broken)).answer.status).toBe(202)
    })
    expect(lines).toContainEqual(
      expect.objectContaining({ task: 'mail', level: 'error', requestId: expect.anything() }),
    )
    expect(JSON.stringify(lines)).not.toContain(amina.user.email)
  })

  it('tells neither the log nor the answer the token of a link', async () => {
    const token = toToken('', newId(), (await newSecret()).secret)
    const lines = await loggedDuring(async () => {
      const { body } = await use(token)
      expect(body.instance).toBe(`${PATH}/***`)
      await anyone.get(`${PATH}/${token}`)
    })
    expect(JSON.stringify(lines)).not.toContain(token.slice(0, 40))
  })
})
