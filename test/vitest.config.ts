import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { root } from '../scripts/root.ts'

/** They run the hourly job, which works on all users: each has a database of its own, away from what other tests use. */
const ofJobs = ['retention', 'auto-posting'].map((name) => ({ name, file: `test/modules/${name}.test.ts` }))

/** Tests that run in workerd, with a database for them alone. */
const worker = (name: string, files: { include: string[]; exclude?: string[] }) => ({
  extends: true as const,
  // Here alone: no build of the Worker passes by, and no setting of it lowers the cost. test/e2e has the real one.
  resolve: { alias: { './password-cost.ts': `${root}/test/support/password-cost.ts` } },
  plugins: [
    cloudflareTest(({ inject }) => ({
      wrangler: { configPath: `${root}/wrangler.toml` },
      miniflare: {
        // Every setting, so that a developer's own .dev.vars plays no part.
        bindings: {
          TURSO_DATABASE_URL: inject('databaseUrl'),
          TURSO_AUTH_TOKEN: '',
          JWT_SECRET: 'the secret of the tests, which nobody else has',
          JWT_SECRET_PREVIOUS: 'the secret before, which still verifies tokens',
          MAIL_SENDER: 'outlay@company.example',
          FRONT_END_ORIGIN: 'https://front.example',
          OIDC_PROVIDERS: JSON.stringify([
            {
              issuer: `${inject('issuerUrl')}/company`,
              audience: 'outlay-front-end',
              emailDomains: ['company.example'],
            },
          ]),
          CORS_ORIGINS: 'https://front.example,http://localhost:3000',
        },
      },
    })),
  ],
  test: {
    name,
    ...files,
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/matchers.ts'],
    isolate: false,
    // Bundled, scrypt is ten times as fast as module by module.
    deps: { optimizer: { ssr: { enabled: true, include: ['@noble/hashes/scrypt.js'] } } },
    testTimeout: 30_000,
  },
})

const e2e = {
  extends: true as const,
  test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000 },
}

const projects = [
  worker('worker', { include: ['test/**/*.test.ts'], exclude: ['test/e2e/**', ...ofJobs.map(({ file }) => file)] }),
  ...ofJobs.map(({ name, file }) => worker(name, { include: [file] })),
  e2e,
]

export default defineConfig({ root, test: { silent: 'passed-only', maxWorkers: 3, projects } })
