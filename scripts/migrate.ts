/**
 * `npm run db:migrate`: applies the migrations of drizzle/ to the database of TURSO_DATABASE_URL and
 * TURSO_AUTH_TOKEN or, without them, to the local one. With `--remote`, the two variables are required.
 */
import { resolve } from 'node:path'
import { run } from './cli.ts'
import { migrate } from './migrations.ts'
import { root } from './root.ts'
import { isInUse, portOf, SetupError, startSqld } from './sqld.ts'

const { TURSO_DATABASE_URL: url, TURSO_AUTH_TOKEN: token, DATA_DIR = '.data' } = process.env

const migrateAndReport = async (databaseUrl: string, authToken?: string) => {
  if (!URL.canParse(databaseUrl)) throw new SetupError('TURSO_DATABASE_URL must be a URL.')
  const applied = await migrate(databaseUrl, { authToken })
  const result = applied.length === 0 ? 'nothing to apply' : `applied ${applied.join(', ')}`
  console.log(`${new URL(databaseUrl).host}: ${result}.`)
}

/** Uses the database server of `npm run dev` if it runs, else starts one for the migration. */
const migrateLocal = async () => {
  const port = portOf('DB_PORT', 8080)
  if (await isInUse(port)) return migrateAndReport(`http://127.0.0.1:${port}`)
  const sqld = await startSqld(port, resolve(root, DATA_DIR))
  try {
    await migrateAndReport(sqld.url)
  } finally {
    await sqld.stop()
  }
}

await run(async () => {
  if (url) return migrateAndReport(url, token)
  if (process.argv.includes('--remote')) throw new SetupError('Set TURSO_DATABASE_URL and TURSO_AUTH_TOKEN.')
  return migrateLocal()
})
