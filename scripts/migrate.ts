/**
 * `npm run db:migrate`: applies the migrations of drizzle/ to the database of TURSO_DATABASE_URL and
 * TURSO_AUTH_TOKEN or, without them, to the local one. With `--remote`, the two variables are required.
 */
import { run } from './cli.ts'
import { withDatabase } from './database.ts'
import { migrate } from './migrations.ts'
import { SetupError } from './sqld.ts'

await run(async () => {
  if (process.argv.includes('--remote') && !process.env.TURSO_DATABASE_URL) {
    throw new SetupError('Set TURSO_DATABASE_URL and TURSO_AUTH_TOKEN.')
  }
  await withDatabase(async (database) => {
    const applied = await migrate(database.url, database)
    const result = applied.length === 0 ? 'nothing to apply' : `applied ${applied.join(', ')}`
    console.log(`${new URL(database.url).host}: ${result}.`)
  })
})
