import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, startSqld } from '../../scripts/sqld.ts'
import { install } from './installation.ts'

describe('npm run db:migrate', () => {
  let outlay: Awaited<ReturnType<typeof install>>
  beforeAll(async () => {
    outlay = await install()
  })
  afterAll(() => outlay.remove())

  const migrate = async (settings: Record<string, string> = {}) => {
    const { code, output } = await outlay.run('node', ['scripts/migrate.ts'], settings)
    return { code, output: output.trim() }
  }

  it('says what it has applied to the local database, and that there is no more', async () => {
    expect(await migrate()).toEqual({ code: 0, output: expect.stringMatching(/^127\.0\.0\.1:\d+: applied 0000_start/) })
    expect(await migrate()).toEqual({
      code: 0,
      output: expect.stringMatching(/^127\.0\.0\.1:\d+: nothing to apply\.$/),
    })
    expect(await outlay.isListening()).toBe(false)
  })

  it('migrates the database that it is told', async () => {
    const sqld = await startSqld(await freePort(), join(outlay.folder, 'another'))
    const client = createClient({ url: sqld.url })
    expect((await migrate({ TURSO_DATABASE_URL: sqld.url })).code).toBe(0)
    const { rows } = await client.execute("SELECT name FROM sqlite_schema WHERE name = 'expenses'")
    expect(rows).toHaveLength(1)
    client.close()
    await sqld.stop()
  })

  it('of a deployment wants to be told which database', async () => {
    const { code, output } = await outlay.run('node', ['scripts/migrate.ts', '--remote'])
    expect([code, output.trim()]).toEqual([1, 'Set TURSO_DATABASE_URL and TURSO_AUTH_TOKEN.'])
  })

  it('refuses a database whose migrations are not ours', async () => {
    appendFileSync(join(outlay.folder, 'drizzle/0000_start.sql'), '\n-- changed after it had been applied\n')
    expect(await migrate()).toEqual({ code: 1, output: expect.stringMatching(/^Refused: migration 1 .*0000_start/) })
  })
})
