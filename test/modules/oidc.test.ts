import { sql } from 'drizzle-orm'
import { exportSPKI, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { anyone, type Caller, Employee, employee, newId, newName, PASSWORD } from '../support/api.ts'
import { values, write } from '../support/database.ts'
import { companyLogin, Issuer, idToken, somebody } from '../support/issuer.ts'
import { loggedDuring } from '../support/log.ts'
import { mailbox } from '../support/mail.ts'
import { databaseThat } from '../support/proxied.ts'

const PATH = '/v1/auth/oidc'
type Key = Awaited<ReturnType<Issuer['newKey']>>

/** Logs in at `/company` with these claims, and then here. */
const logIn = async (who: ReturnType<typeof somebody>, caller: Caller = anyone) =>
  caller.post(PATH, await companyLogin(who))

const linksOf = async (issuer: string) => values(sql`SELECT 1 FROM company_logins WHERE issuer = ${issuer}`)

/** An employee whose address, of the company, is proved, or not. */
const ofCompany = async (isProved: boolean) => {
  const email = `${newName()}@company.example`
  const amina = await employee({ email })
  if (isProved) await write(sql`UPDATE users SET email_verified_at = 1 WHERE id = ${amina.user.id}`)
  return { amina, email }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a login of a company', () => {
  it('registers who is new, with a proved address and no password, and lets them in from then on', async () => {
    const who = somebody()
    const first = await logIn({ ...who, email: who.email.toUpperCase() })
    expect(first.status).toBe(201)
    const { user } = first.body
    expect(user).toMatchObject({
      email: who.email.toUpperCase(),
      username: who.email.split('@')[0]?.toUpperCase(),
      emailVerifiedAt: expect.any(String),
      companyLogins: [{ subject: who.sub, issuer: expect.stringMatching(/\/company$/), linkedAt: expect.any(String) }],
    })
    const amina = new Employee(first.body)
    expect((await amina.get('/v1/users/me')).body).toEqual(user)
    expect((await amina.get('/v1/categories')).body.data).toHaveLength(9)
    for (const password of [who.sub, PASSWORD])
      expect(await anyone.post('/v1/auth/login', { username: user.username, password })).toBeProblem(
        'invalid_credentials',
      )

    // Linked by what the issuer calls her: not by her address, which may change, proved or not.
    const second = await logIn({ ...who, email: `${newName()}@company.example`, email_verified: false })
    expect([second.status, second.body.user]).toEqual([200, user])
    expect((await new Employee(second.body).get('/v1/users/me')).status).toBe(200)
  })

  it('gives who is new another username where a colleague has theirs', async () => {
    const who = somebody()
    const [local = ''] = who.email.split('@')
    const amina = await employee({ username: local })
    const { status, body } = await logIn({ ...who, email: `${local}@company.example` })
    expect(status).toBe(201)
    expect(body.user.username).toMatch(new RegExp(`^${local.slice(0, 23)}-[0-9a-f]{8}$`))
    const odd = await logIn({ ...somebody(), email: `o'+-_${newId().slice(-12)}@company.example` })
    expect(odd.body.user.username).toMatch(/^o---_[0-9a-f]{12}$/)
    expect(body.user.id).not.toBe(amina.user.id)
  })

  it('is linked to the account that has proved the same address, and shown there', async () => {
    const { amina, email } = await ofCompany(true)
    const before = await amina.get('/v1/users/me')
    const who = { ...somebody(), email: email.toUpperCase() }
    const { status, body } = await logIn(who)
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ id: amina.user.id, email, companyLogins: [{ subject: who.sub }] })
    const after = await amina.get('/v1/users/me', { headers: { 'If-None-Match': before.headers.get('ETag') ?? '' } })
    expect([after.status, after.body]).toEqual([200, body.user])
    expect((await logIn(who)).body.user).toEqual(body.user)
    // The password is what it was.
    expect((await amina.logInAgain()).user.id).toBe(amina.user.id)
  })

  it.each([
    ['the account has not proved the address', false, {}],
    ['the issuer has not proved the address', true, { email_verified: false }],
    ['the issuer says so in another way', true, { email_verified: 'true' }],
    ['the issuer does not say so', true, { email_verified: undefined }],
  ])('is not linked, and gives no session, where %s', async (_, isProved, claims) => {
    const { amina, email } = await ofCompany(isProved)
    const { get } = amina
    const sessions = (await get('/v1/auth/sessions')).body.data.length
    const who = { ...somebody(), email, ...(claims as object) }
    expect(await logIn(who)).toBeProblem('company_login_unlinked')
    expect((await get('/v1/users/me')).body.companyLogins).toEqual([])
    expect((await get('/v1/auth/sessions')).body.data).toHaveLength(sessions)
  })

  it('is not linked to the account of somebody who had the address before, at the same issuer', async () => {
    const who = somebody()
    const { body } = await logIn(who)
    expect(await logIn({ ...somebody(), email: who.email })).toBeProblem('company_login_unlinked')
    expect((await logIn(who)).body.user).toEqual(body.user)
  })

  it('registers nobody whose address the issuer has not proved', async () => {
    const who = { ...somebody(), email_verified: false }
    expect(await logIn(who)).toBeProblem('invalid_id_token')
    expect(await values(sql`SELECT 1 FROM users WHERE email = ${who.email}`)).toEqual([])
  })

  it('registers once, of two first ones at once', async () => {
    const who = somebody()
    const answers = await Promise.all([logIn(who), logIn(who), logIn(who)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201])
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1)
  })

  it('links one of two identities that come at once with the same address', async () => {
    const { email } = await ofCompany(true)
    const answers = await Promise.all([1, 2].map(() => logIn({ ...somebody(), email })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  it('registers without a password, which a reset by mail gives', async () => {
    const who = somebody()
    const { user } = (await logIn(who)).body
    const box = mailbox()
    await anyone.at(box.settings).post('/v1/auth/password-resets', { email: who.email })
    const token = /#token=(\w+)$/m.exec((await box.mails())[0]?.text ?? '')?.[1]
    expect((await anyone.put(`/v1/auth/password-resets/${token}`, { newPassword: PASSWORD })).status).toBe(204)
    expect((await anyone.post('/v1/auth/login', { username: user.username, password: PASSWORD })).status).toBe(200)
    expect((await logIn(who)).body.user).toEqual(user)
  })

  it('lets nobody in where no issuer is configured', async () => {
    expect(await logIn(somebody(), anyone.at({ OIDC_PROVIDERS: '' }))).toBeProblem('invalid_id_token')
  })
})

describe('an ID token', () => {
  let issuer: Issuer
  let key: Key
  beforeAll(async () => {
    issuer = new Issuer()
    await issuer.discoverable()
    key = await issuer.newKey()
  })

  const send = (token: string, nonce: string, settings: object = issuer.settings) =>
    anyone.at(settings).post(PATH, { idToken: token, nonce })

  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

  it('that is good lets in, of every algorithm that is allowed, and asks for keys once', async () => {
    const own = new Issuer()
    await own.discoverable()
    const keys = await Promise.all(['RS256', 'PS256', 'ES256', 'EdDSA'].map((alg) => own.newKey(alg)))
    for (const one of keys) {
      const who = somebody()
      expect((await send(await idToken(one, own.url, who), who.nonce, own.settings)).status).toBe(201)
    }
    expect([await own.count('/.well-known/openid-configuration'), await own.count('/jwks')]).toEqual([1, 1])
  })

  it.each([
    ['another issuer', { iss: 'https://login.other.example' }],
    ['the issuer in another spelling', { iss: () => `${issuer.url}/` }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'another-front-end' }],
    ['no audience', { aud: undefined }],
    ['several audiences, for another front end', { aud: ['outlay-front-end', 'other'], azp: 'other' }],
    ['another nonce', { nonce: 'of another login' }],
    ['no nonce', { nonce: undefined }],
    ['an end that has passed', { exp: () => inSeconds(-31) }],
    ['no end', { exp: undefined }],
    ['an age over five minutes', { iat: () => inSeconds(-301), exp: () => inSeconds(3600) }],
    ['a beginning that is to come', { iat: () => inSeconds(60) }],
    ['no beginning', { iat: undefined }],
    ['a beginning that is a text', { iat: 'now' }],
    ['a foreign domain', { email: 'amina@company.example.evil.example' }],
    ['a domain within the one that may', { email: 'amina@sub.company.example' }],
    ['two domains', { email: 'amina@evil.example@company.example' }],
    ['no address', { email: undefined }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject that is no text', { sub: 1 }],
  ])('is refused with %s', async (_, change) => {
    const who = somebody()
    const claims = Object.fromEntries(
      Object.entries(change).map(([name, value]) => [name, typeof value === 'function' ? value() : value]),
    )
    const token = await idToken(key, issuer.url, { ...who, ...claims })
    expect(await send(token, who.nonce)).toBeProblem('invalid_id_token')
  })

  it('may be five minutes old', async () => {
    const who = somebody()
    const token = await idToken(key, issuer.url, { ...who, iat: inSeconds(-290), exp: inSeconds(300) })
    expect((await send(token, who.nonce)).status).toBe(201)
  })

  /** Tokens with the same claims that are signed in other ways. */
  const forged: [string, (claims: JWTPayload) => Promise<string> | string][] = [
    ['by nobody', (claims) => new UnsecuredJWT(claims).encode()],
    [
      'with the public key as a secret',
      async (claims) => {
        const secret = new TextEncoder().encode(await exportSPKI(key.publicKey))
        return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: key.kid }).sign(secret)
      },
    ],
    [
      'by a key that is not shown, under the name of one that is',
      async (claims) => idToken({ ...(await new Issuer().newKey()), kid: key.kid }, issuer.url, claims),
    ],
    [
      'by a key that it brings itself',
      async (claims) => {
        const own = await new Issuer().newKey('ES256')
        const jwk = await crypto.subtle.exportKey('jwk', own.publicKey)
        return idToken({ ...own, kid: key.kid }, issuer.url, claims, { jwk })
      },
    ],
    ['as an access token', (claims) => idToken(key, issuer.url, claims, { typ: 'at+jwt' })],
    ['and changed since', async (claims) => (await idToken(key, issuer.url, claims)).replace(/\.[^.]+\./, '.e30.')],
    ['and cut off', async (claims) => (await idToken(key, issuer.url, claims)).slice(0, -4)],
  ]
  it.each(forged)('is refused that is signed %s', async (_, forge) => {
    const who = somebody()
    const now = inSeconds(0)
    const claims = { iss: issuer.url, aud: 'outlay-front-end', iat: now, exp: now + 300, ...who }
    expect(await send(await forge(claims), who.nonce)).toBeProblem('invalid_id_token')
  })

  it.each(['', 'x', 'a.b.c', `${newId()}.${newId()}.${newId()}`])('is refused that is none: %j', async (token) => {
    expect(await send(token, 'n')).toBeProblem('invalid_id_token')
  })

  it('that is refused links nobody, asks no foreign issuer, and costs no round trip', async () => {
    const foreign = new Issuer()
    await foreign.discoverable()
    const who = somebody()
    const token = await idToken(await foreign.newKey(), foreign.url, who)
    const { settings, calls } = databaseThat('pass')
    expect(await send(token, who.nonce, { ...issuer.settings, ...settings })).toBeProblem('invalid_id_token')
    expect([await calls(), await foreign.count('/.well-known/openid-configuration')]).toEqual([0, 0])
    expect(await linksOf(foreign.url)).toEqual([])
  })

  it('is told neither to the log nor to the answer, but the log says which claim is wrong', async () => {
    const who = somebody()
    const token = await idToken(key, issuer.url, { ...who, aud: 'other' })
    const lines = await loggedDuring(async () => {
      const { body } = await send(token, who.nonce)
      expect(body).not.toHaveProperty('cause')
      for (const secret of [token, who.email, who.sub]) expect(JSON.stringify(body)).not.toContain(secret)
    })
    expect(lines).toContainEqual(expect.objectContaining({ code: 'invalid_id_token', cause: { reason: 'aud' } }))
    for (const secret of [token.slice(0, 40), who.email, who.sub, who.nonce])
      expect(JSON.stringify(lines)).not.toContain(secret)
  })

  /** An issuer, a key of it by which somebody has logged in, and a login of somebody new by a key. The clock stands still. */
  const issuerInUse = async () => {
    const own = new Issuer()
    await own.discoverable()
    const key = await own.newKey()
    const use = async (one: Key) => {
      const who = somebody()
      return send(await idToken(one, own.url, who), who.nonce, own.settings)
    }
    vi.useFakeTimers({ toFake: ['Date'] })
    expect((await use(key)).status).toBe(201)
    return { own, key, use }
  }

  it('of a new key is good half a minute after the last look at the keys, one of a key taken back after ten', async () => {
    const { own, key: old, use } = await issuerInUse()
    const next = await own.newKey()
    // So that nobody makes it ask again and again by tokens of keys that there are not.
    expect(await use(next)).toBeProblem('invalid_id_token')
    expect(await own.count('/jwks')).toBe(1)
    vi.setSystemTime(Date.now() + 31_000)
    expect((await use(next)).status).toBe(201)
    expect((await use(old)).status).toBe(201)
    await own.show('/jwks', { keys: [] })
    vi.setSystemTime(Date.now() + 601_000)
    expect(await use(old)).toBeProblem('invalid_id_token')
  })

  it('of a key that is known is good while the issuer does not answer, whatever tokens others make up', async () => {
    const { own, key: known, use } = await issuerInUse()
    await own.show('/jwks', {}, 503)
    vi.setSystemTime(Date.now() + 31_000)
    expect(await use(await new Issuer().newKey())).toBeProblem('issuer_unavailable')
    expect((await use(known)).status).toBe(201)
  })
})

describe('an issuer', () => {
  const discovery = '/.well-known/openid-configuration'
  it.each<[string, (issuer: Issuer) => Promise<unknown>]>([
    ['does not tell where its keys are', (issuer) => issuer.show(discovery, {}, 500)],
    ['tells of another issuer', (issuer) => issuer.discoverable({ issuer: 'https://login.other.example' })],
    ['has its keys where they can be changed', (issuer) => issuer.discoverable({ jwks_uri: 'http://a.example/jwks' })],
    ['cannot be reached for its keys', (issuer) => issuer.discoverable({ jwks_uri: 'http://127.0.0.1:1/jwks' })],
    ['does not tell its keys', (issuer) => issuer.show('/jwks', {}, 503)],
    ['tells nonsense', (issuer) => issuer.show('/jwks', { keys: 'none' })],
  ])('that %s makes a 503 and a line in the log, until it does', async (_, fail) => {
    const issuer = new Issuer()
    await issuer.discoverable()
    const key = await issuer.newKey()
    const keys = await (await fetch(`${issuer.url}/jwks`)).json()
    const who = somebody()
    const login = { idToken: await idToken(key, issuer.url, who), nonce: who.nonce }
    await fail(issuer)
    const lines = await loggedDuring(async () => {
      const answer = await anyone.at(issuer.settings).post(PATH, login)
      expect(answer).toBeProblem('issuer_unavailable')
      expect(answer.headers.get('Retry-After')).toBe('2')
    })
    expect(lines).toContainEqual(
      expect.objectContaining({ code: 'issuer_unavailable', cause: expect.objectContaining({ issuer: issuer.url }) }),
    )
    await issuer.discoverable()
    await issuer.show('/jwks', Object(keys))
    expect((await anyone.at(issuer.settings).post(PATH, login)).status).toBe(201)
  })
})
