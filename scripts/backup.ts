/**
 * `npm run db:backup -- FILE`: writes all rows of the database of TURSO_DATABASE_URL and TURSO_AUTH_TOKEN or, without
 * them, of the local one, as they are at one moment. Writers are not held up.
 */
import { rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type End, type Head, quoted, type RowLine, type TableLine, tablesOf } from './backup-file.ts'
import { run } from './cli.ts'
import { rowsOf } from './cursor.ts'
import { connect, type Database, withDatabase } from './database.ts'
import { appliedTo } from './migrations.ts'
import { SetupError } from './sqld.ts'

/** The lines of the backup, and how many rows they have held so far. */
const linesOf = async function* (database: Database, head: Head, tables: TableLine[], counter: End) {
  const selects = tables.map(({ table, columns }) => `SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(table)}`)
  const countOfMigrations = 'SELECT count(*) FROM __drizzle_migrations'
  // The first statement and the last make one snapshot of all of them.
  const rows = rowsOf(database, ['BEGIN', countOfMigrations, ...selects, 'COMMIT'])
  const toLine = (line: Head | TableLine | RowLine | End) => `${JSON.stringify(line)}\n`
  yield toLine(head)
  let written = 0
  for await (const { step, row } of rows) {
    const values = row as RowLine
    if (step === 1) {
      const [count] = values
      if (count?.type === 'integer' && Number(count.value) === head.migrations.length) continue
      throw new SetupError('The database was migrated just now: try again.')
    }
    for (; written < step - 1; written++) yield toLine(tables[written] as TableLine)
    counter.rows++
    yield toLine(values)
  }
  yield toLine(counter)
}

const backUp = async (database: Database, file: string) => {
  const client = connect(database)
  try {
    const head: Head = { outlayBackup: 1, migrations: await appliedTo(client) }
    const tables = await tablesOf(client)
    const counter: End = { rows: 0 }
    const handle = await open(file, 'wx', 0o600).catch(({ message }: Error) => {
      throw new SetupError(message)
    })
    try {
      await pipeline(linesOf(database, head, tables, counter), createGzip(), handle.createWriteStream())
    } catch (error) {
      rmSync(file)
      throw new SetupError(`There is no backup: ${(error as Error).message}`)
    }
    console.log(`${file} has all ${counter.rows} rows of ${new URL(database.url).host}.`)
  } finally {
    client.close()
  }
}

await run(async () => {
  const [file] = process.argv.slice(2)
  if (!file) throw new SetupError('Name the file: npm run db:backup -- FILE')
  await withDatabase((database) => backUp(database, file))
})
