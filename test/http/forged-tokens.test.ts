import { beforeAll, describe, expect, it } from 'vitest'
import { anyone, Caller, type Employee, employee, newId } from '../support/api.ts'
import { claimsOf, currentKey, previousKeyId, segment, sign, tokenOf } from '../support/tokens.ts'

type People = { amina: Employee; bruno: Employee }
type Forge = (people: People) => string | Promise<string>

const parts = ({ token = '' }: Caller): [string, string, string] => token.split('.') as [string, string, string]
const withHeader =
  (header: Record<string, unknown>): Forge =>
  ({ amina }) =>
    tokenOf(amina, { header })
const withClaims =
  (claims: Record<string, unknown>): Forge =>
  ({ amina }) =>
    tokenOf(amina, { claims })

const seconds = Math.floor(Date.now() / 1000)
const zeros = new Uint8Array(32)
const OWN_KEY = { kty: 'oct', k: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', alg: 'HS256' }

/** Each is the genuine token of somebody who is logged in, but for one thing, and most are signed with our own key. */
const forgeries: [string, Forge][] = [
  ['of no algorithm', ({ amina }) => `${segment({ alg: 'none', typ: 'at+jwt' })}.${parts(amina)[1]}.`],
  ['of No algorithm', ({ amina }) => `${segment({ alg: 'None', typ: 'at+jwt' })}.${parts(amina)[1]}.`],
  ['of no algorithm, but signed', withHeader({ alg: 'none' })],
  ['without its signature', ({ amina }) => `${parts(amina)[0]}.${parts(amina)[1]}.`],
  ['of HS384', ({ amina }) => tokenOf(amina, { header: { alg: 'HS384' }, hash: 'SHA-384' })],
  ['of HS512', ({ amina }) => tokenOf(amina, { header: { alg: 'HS512' }, hash: 'SHA-512' })],
  ['of hs256', withHeader({ alg: 'hs256' })],
  ['that says RS256', withHeader({ alg: 'RS256' })],
  ['that says ES256', withHeader({ alg: 'ES256' })],
  ['that names no algorithm', withHeader({ alg: undefined })],
  ['of several algorithms', withHeader({ alg: ['HS256'] })],
  ['of the type JWT', withHeader({ typ: 'JWT' })],
  ['of the type of refresh tokens', withHeader({ typ: 'rt+jwt' })],
  ['of no type', withHeader({ typ: undefined })],
  ['of an unknown key', withHeader({ kid: 'unknown' })],
  ['of no key', withHeader({ kid: undefined })],
  ['of a key that is a number', withHeader({ kid: 0 })],
  ['of a key by the name of __proto__', withHeader({ kid: '__proto__' })],
  ['of a key that is a file', ({ amina }) => tokenOf(amina, { header: { kid: '../../dev/null' }, secret: zeros })],
  ['of a key that is SQL', withHeader({ kid: "' UNION SELECT 'x' --" })],
  ['that names the key before, which has not signed it', withHeader({ kid: previousKeyId })],
  ['signed with another key', ({ amina }) => tokenOf(amina, { secret: zeros })],
  ['signed with the key that it carries', ({ amina }) => tokenOf(amina, { header: { jwk: OWN_KEY }, secret: zeros })],
  ['with a link to its key', ({ amina }) => tokenOf(amina, { header: { jku: 'https://evil.example' }, secret: zeros })],
  ['with an extension that we do not know', withHeader({ crit: ['b64', 'x'], b64: false, x: 1 })],
  ['that has expired', withClaims({ iat: seconds - 601, exp: seconds - 1 })],
  ['that never expires', withClaims({ exp: undefined })],
  ['that expires at a text', withClaims({ exp: String(seconds + 600) })],
  ['that is not valid yet', withClaims({ nbf: seconds + 600 })],
  ['that was never issued', withClaims({ iat: undefined })],
  ['for another audience', withClaims({ aud: 'outlay-refresh' })],
  ['for no audience', withClaims({ aud: undefined })],
  ['for several audiences', withClaims({ aud: ['somebody', 'outlay-api'] })],
  ['of another issuer', withClaims({ iss: 'outlay.example' })],
  ['of no issuer', withClaims({ iss: undefined })],
  ['of nobody', withClaims({ sub: undefined })],
  ['of a user who is a number', withClaims({ sub: 1 })],
  ['of a user who is an object', withClaims({ sub: { $ne: null } })],
  ['of a user who is a list', ({ amina }) => tokenOf(amina, { claims: { sub: [amina.user.id] } })],
  [
    'of a colleague, in a session of one’s own',
    ({ amina, bruno }) => tokenOf(amina, { claims: { sub: bruno.user.id } }),
  ],
  [
    'of one’s own, in the session of a colleague',
    ({ amina, bruno }) => tokenOf(amina, { claims: { sid: claimsOf(bruno.token ?? '').sid } }),
  ],
  ['of no session', withClaims({ sid: undefined })],
  ['of a session that never was', withClaims({ sid: newId() })],
  [
    'of a session that is a list',
    ({ amina }) => tokenOf(amina, { claims: { sid: [claimsOf(amina.token ?? '').sid] } }),
  ],
  ['of no id', withClaims({ jti: undefined })],
  ['of no time zone', withClaims({ zoneinfo: undefined })],
  ['of a time zone that is a number', withClaims({ zoneinfo: 5 })],
  ['with a colleague’s claims', ({ amina, bruno }) => [parts(amina)[0], parts(bruno)[1], parts(amina)[2]].join('.')],
  ['cut by a byte', ({ amina }) => amina.token?.slice(0, -2) ?? ''],
  ['of two parts', ({ amina }) => parts(amina).slice(0, 2).join('.')],
  ['of four parts', ({ amina }) => `${amina.token}.e30`],
  ['of five parts', ({ amina }) => `${amina.token}..`],
  ['of empty parts', () => '..'],
  ['that is followed by another one', ({ amina, bruno }) => `${amina.token},${bruno.token}`],
  ['with a space in it', ({ amina }) => `${parts(amina)[0]}. ${parts(amina)[1]}.${parts(amina)[2]}`],
  ['padded', ({ amina }) => `${amina.token}=`],
  ['whose claims are no JSON', ({ amina }) => sign(`${parts(amina)[0]}.${segment('nonsense')}`)],
  ['whose claims are a list', ({ amina }) => sign(`${parts(amina)[0]}.${segment([])}`)],
  ['whose claims are null', ({ amina }) => sign(`${parts(amina)[0]}.${segment('null')}`)],
  ['within another one', ({ amina }) => sign(`${segment({ alg: 'HS256', cty: 'JWT' })}.${segment(amina.token)}`)],
  ['that is the secret', () => new TextDecoder().decode(currentKey).replaceAll(' ', '')],
]

describe('a token', () => {
  let people: People
  beforeAll(async () => {
    people = { amina: await employee(), bruno: await employee() }
  })

  it.each(forgeries)('%s is refused, twice, and writes nothing', async (_, forge) => {
    const forger = new Caller(await forge(people))
    expect(await forger.get('/v1/users/me')).toBeProblem('invalid_token')
    expect(await forger.get('/v1/months/current')).toBeProblem('invalid_token')
    expect(await forger.post('/v1/expenses', { amount: 1 })).toBeProblem('invalid_token')
    for (const who of [people.amina, people.bruno]) expect((await who.get('/v1/expenses')).body.data).toEqual([])
  })

  it.each([
    ['in the query string', (token: string) => [`/v1/expenses?access_token=${token}`, {}]],
    ['in a cookie', (token: string) => ['/v1/expenses', { Cookie: `access_token=${token}; token=${token}` }]],
    ['under another scheme', (token: string) => ['/v1/expenses', { Authorization: `Basic ${token}` }]],
    ['without a scheme', (token: string) => ['/v1/expenses', { Authorization: token }]],
    ['in another header', (token: string) => ['/v1/expenses', { 'X-Authorization': `Bearer ${token}` }]],
  ] as const)('that is genuine counts for nothing %s', async (_, place) => {
    const [path, headers] = place(people.amina.token ?? '') as [string, Record<string, string>]
    expect(await anyone.get(path, { headers })).toBeProblem('invalid_token')
  })
})

describe('a refresh token', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })
  const forged = (claims: object, header: object = {}) => {
    const genuine = claimsOf(amina.session.refreshToken)
    const [first = ''] = amina.session.refreshToken.split('.')
    const fullHeader = { ...JSON.parse(atob(first)), ...header }
    return sign(`${segment(fullHeader)}.${segment({ ...genuine, ...claims })}`)
  }

  it.each([
    [
      'of no algorithm',
      () => `${segment({ alg: 'none', typ: 'rt+jwt' })}.${amina.session.refreshToken.split('.')[1]}.`,
    ],
    ['of another type', () => forged({}, { typ: 'at+jwt' })],
    ['of another audience', () => forged({ aud: 'outlay-api' })],
    ['that has expired', () => forged({ exp: seconds - 1 })],
    ['of no generation', () => forged({ gen: undefined })],
    ['of a generation to come', () => forged({ gen: 1 })],
    ['of a generation that is text', () => forged({ gen: 'x' })],
    ['of a generation that is an object', () => forged({ gen: {} })],
    ['of a session that never was', () => forged({ sid: newId() })],
    ['of a colleague', () => forged({ sub: newId() })],
    ['that is an access token', () => amina.session.accessToken],
  ])('%s is refused, and the session lives on', async (_, make) => {
    const answer = await anyone.post('/v1/auth/refresh', { refreshToken: await make() })
    expect(answer).toBeProblem('invalid_refresh_token')
    expect((await amina.get('/v1/users/me')).status).toBe(200)
  })

  it('that is genuine is taken, so that the forged ones were refused for what is wrong with them', async () => {
    const answer = await anyone.post('/v1/auth/refresh', { refreshToken: await forged({}) })
    expect(answer.status).toBe(200)
  })
})
