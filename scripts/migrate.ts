/**
 * `npm run db:migrate`: applies the migrations of drizzle/ to the database that TURSO_DATABASE_URL and
 * TURSO_AUTH_TOKEN name or, without them, to the local one. With `--remote`, only to one that is named.
 */
import { resolve } from 'node:path'
import { run } from './cli.ts'
import { migrate } from './migrations.ts'
import { root } from './root.ts'
import { isInUse, portOf, SetupError, startSqld } from './sqld.ts'

const { TURSO_DATABASE_URL: url, TURSO_AUTH_TOKEN: token, DATA_DIR = '.data' } = process.env

const tell = async (where: string, authToken?: string) => {
  if (!URL.canParse(where)) throw new SetupError('TURSO_DATABASE_URL must be a URL.')
  const applied = await migrate(where, { authToken })
  const what = applied.length === 0 ? 'nothing to apply' : `applied ${applied.join(', ')}`
  console.log(`${new URL(where).host}: ${what}.`)
}

/** The server of `npm run dev` where that runs, else one for the moment. */
const migrateLocal = async () => {
  const port = portOf('DB_PORT', 8080)
  if (await isInUse(port)) return tell(`http://127.0.0.1:${port}`)
  const sqld = await startSqld(port, resolve(root, DATA_DIR))
  try {
    await tell(sqld.url)
  } finally {
    await sqld.stop()
  }
}

await run(async () => {
  if (url) return tell(url, token)
  if (process.argv.includes('--remote')) throw new SetupError('Set TURSO_DATABASE_URL and TURSO_AUTH_TOKEN.')
  return migrateLocal()
})
