import { describe, expect, it } from 'vitest'
import { type Answer, anyone, Caller, newId } from '../support/api.ts'
import { printedDuring } from '../support/log.ts'
import { databaseThat } from '../support/proxied.ts'

/** A text that is nowhere else. */
const canary = (what: string) => `canary-${what}-${newId().slice(-12)}`

/** What nobody but its owner may see, and no log. */
const secrets = {
  username: canary('name').slice(0, 32),
  email: `${canary('email')}@example.com`,
  note: canary('note'),
  merchant: canary('merchant'),
  source: canary('source'),
  tag: canary('tag').slice(0, 32),
  category: canary('category'),
  search: canary('search'),
  key: canary('key'),
  userAgent: canary('agent'),
}

/** What not even its owner is told again. */
const passwords = [canary('password'), canary('new-password'), canary('wrong-password')] as const

describe('a canary', () => {
  it('flies into no log, no problem and no other answer than its own', async () => {
    const answers: Answer[] = []
    const tokens: string[] = []
    const keep = async (sent: Promise<Answer>) => {
      const answer = await sent
      answers.push(answer)
      for (const name of ['accessToken', 'refreshToken']) if (answer.body?.[name]) tokens.push(answer.body[name])
      return answer
    }
    const { username, email, note, merchant, source, tag, category, search, key, userAgent } = secrets
    const [password, newPassword, wrongPassword] = passwords

    const lines = await printedDuring(async () => {
      const headers = { 'User-Agent': userAgent }
      const registration = { username, email, password }
      const { body: session } = await keep(anyone.post('/v1/auth/register', registration, { headers }))
      await keep(anyone.post('/v1/auth/register', registration, { headers }))
      await keep(anyone.post('/v1/auth/register', { ...registration, password: wrongPassword, extra: note }))
      await keep(anyone.post('/v1/auth/register', { username: email, email: note, password: 5, currency: note }))
      await keep(anyone.post('/v1/auth/login', { username, password: wrongPassword }, { headers }))
      await keep(anyone.post('/v1/auth/login', { username: email, password }, { headers }))
      await keep(anyone.post('/v1/auth/refresh', { refreshToken: session.refreshToken }))
      await keep(anyone.post('/v1/auth/refresh', { refreshToken: session.accessToken }))
      await keep(new Caller(session.refreshToken).get('/v1/users/me'))

      const her = new Caller(session.accessToken)
      await keep(her.put('/v1/auth/password', { currentPassword: wrongPassword, newPassword }))
      await keep(her.put('/v1/auth/password', { currentPassword: password, newPassword: email }))
      await keep(her.put('/v1/auth/password', { currentPassword: password, newPassword }))
      await keep(her.patch('/v1/users/me', { timeZone: note, username: merchant, currentPassword: newPassword }))

      await keep(her.put('/v1/users/me/email', { email: `x${email}`, password: wrongPassword }))
      await keep(her.put('/v1/users/me/email', { email, password: newPassword }))
      await keep(her.post('/v1/auth/email-proofs', { token: note }))
      const apiToken = { name: note, scopes: ['read'], expiresAt: new Date(Date.now() + 86_400_000).toISOString() }
      const { body: script } = await keep(her.post('/v1/tokens', apiToken))
      tokens.push(script.token)
      await keep(new Caller(script.token).get('/v1/expenses'))
      await keep(new Caller(script.token).post('/v1/expenses', { amount: 1 }))
      await keep(new Caller(`${script.token}x`).get('/v1/expenses'))

      const made = await keep(her.post('/v1/categories', { name: category }))
      await keep(her.post('/v1/categories', { name: category }))
      const entry = { amount: 1, note, merchant, tags: [tag], categoryId: made.body.id }
      await keep(her.post('/v1/expenses', entry, { headers: { 'Idempotency-Key': key } }))
      await keep(her.post('/v1/expenses', { ...entry, amount: 2 }, { headers: { 'Idempotency-Key': key } }))
      await keep(her.post('/v1/expenses', { ...entry, amount: note, currency: merchant, categoryId: note, date: tag }))
      await keep(
        her.post('/v1/expenses', undefined, {
          rawBody: `{"note":"${note}"`,
          headers: { 'Content-Type': 'application/json' },
        }),
      )
      await keep(her.post('/v1/expenses', { ...entry, currency: 'EUR' }))
      await keep(her.post('/v1/incomes', { amount: 1, note, source }))
      await keep(her.get(`/v1/expenses?q=${search}&tag=${tag}`))
      await keep(her.get(`/v1/expenses?sort=${search}&cursor=${note}&month=${merchant}`))
      for (const behaviour of ['drop', 'truncate', 'bad-gateway', 'busy'] as const) {
        const behind = her.at(databaseThat(behaviour).settings)
        await keep(behind.post('/v1/expenses', entry, { headers: { 'Idempotency-Key': key } }))
        await keep(behind.get(`/v1/expenses?q=${search}`))
        await keep(
          anyone.at(databaseThat(behaviour).settings).post('/v1/auth/login', { username, password }, { headers }),
        )
      }
    })

    const told = answers.map(({ body }) => JSON.stringify(body))
    const problems = answers.filter(({ status }) => status >= 400)
    expect(problems.length).toBeGreaterThan(25)
    expect(lines).toHaveLength(answers.length)
    const logged = lines.join('\n')
    const problemsTold = problems.map(({ body, headers }) => JSON.stringify([body, ...headers])).join('\n')
    for (const secret of [...Object.values(secrets), ...passwords, ...tokens]) {
      expect(logged).not.toContain(secret)
      expect(problemsTold).not.toContain(secret)
    }
    expect(tokens).toHaveLength(7)
    for (const word of ['INSERT', 'SELECT', 'insert into', 'scrypt', '127.0.0.1', '    at '])
      expect(logged + told.join()).not.toContain(word)
    for (const password of passwords) expect(told.join()).not.toContain(password)
  })
})
