import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ConfigError, readConfig } from '../src/config.ts'
import { anyone } from './support/api.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const refused = (change: object): string[] => {
  try {
    readConfig({ ...env, ...change })
    return []
  } catch (error) {
    return (error as ConfigError).names
  }
}

/** Providers with these changes each. */
const providers = (...changes: object[]) =>
  JSON.stringify(
    changes.map((change) => ({
      issuer: 'https://login.company.example',
      audience: 'outlay',
      emailDomains: ['company.example'],
      ...change,
    })),
  )

describe('the configuration', () => {
  it.each([
    [{ TURSO_DATABASE_URL: undefined }, ['TURSO_DATABASE_URL']],
    [{ TURSO_DATABASE_URL: 'file:local.db' }, ['TURSO_DATABASE_URL']],
    [{ JWT_SECRET: '' }, ['JWT_SECRET']],
    [{ JWT_SECRET: 'x'.repeat(31) }, ['JWT_SECRET']],
    [{ JWT_SECRET_PREVIOUS: 'short' }, ['JWT_SECRET_PREVIOUS']],
    [{ MAIL_SENDER: 'nobody' }, ['MAIL_SENDER']],
    [{ FRONT_END_ORIGIN: 'https://front.example/app' }, ['FRONT_END_ORIGIN']],
    [{ FRONT_END_ORIGIN: 'http://front.example' }, ['FRONT_END_ORIGIN']],
    [{ OIDC_PROVIDERS: 'nonsense' }, ['OIDC_PROVIDERS']],
    [{ OIDC_PROVIDERS: providers({}, {}) }, ['OIDC_PROVIDERS']],
    [{ OIDC_PROVIDERS: providers({ issuer: 'http://login.company.example' }) }, ['OIDC_PROVIDERS']],
    [{ OIDC_PROVIDERS: providers({ emailDomains: [] }) }, ['OIDC_PROVIDERS']],
    [{ OIDC_PROVIDERS: providers({ emailDomains: ['*.example'] }) }, ['OIDC_PROVIDERS']],
    [{ OIDC_PROVIDERS: providers({ surprise: 1 }) }, ['OIDC_PROVIDERS']],
    [{ OIDC_PROVIDERS: providers({}, { issuer: 'https://other.example/tenant/' }) }, []],
    [{ OIDC_PROVIDERS: undefined }, []],
    [{ MAIL: undefined }, ['MAIL']],
    [{ CORS_ORIGINS: '*' }, ['CORS_ORIGINS']],
    [{ CORS_ORIGINS: 'https://front.example/' }, ['CORS_ORIGINS']],
    [{ CORS_ORIGINS: 'https://a.example,nonsense' }, ['CORS_ORIGINS']],
    [{ LOGIN_LIMITER: undefined }, ['LOGIN_LIMITER']],
    [{ WRITE_LIMITER: {} }, ['WRITE_LIMITER']],
    [{ JWT_SECRET: undefined, TURSO_DATABASE_URL: 'nonsense' }, ['TURSO_DATABASE_URL', 'JWT_SECRET']],
    [{ JWT_SECRET_PREVIOUS: '', TURSO_AUTH_TOKEN: '', CORS_ORIGINS: '' }, []],
    [{ JWT_SECRET_PREVIOUS: undefined, TURSO_AUTH_TOKEN: undefined, CORS_ORIGINS: undefined }, []],
    [{ TURSO_DATABASE_URL: 'libsql://outlay-acme.turso.io' }, []],
  ])('%j is wrong in %j', (change, names) => {
    expect(refused(change)).toEqual(names)
  })

  it('that is wrong makes every answer a 503 that says no more, and a log that says the names', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(line))
    const broken = anyone.at({ JWT_SECRET: 'too short', TURSO_DATABASE_URL: undefined })
    for (const path of ['/v1/expenses', '/readyz', '/livez']) {
      const answer = await broken.get(path)
      expect(answer).toBeProblem('service_unavailable')
      expect(JSON.stringify(answer.body)).not.toMatch(/JWT|TURSO/)
    }
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      cause: { class: 'ConfigError', names: ['TURSO_DATABASE_URL', 'JWT_SECRET'] },
    })
    expect(lines.join()).not.toContain('too short')
  })
})
