/**
 * `npm run db:restore -- FILE`: fills the database of TURSO_DATABASE_URL and TURSO_AUTH_TOKEN or, without them, the
 * local one, which must be empty, with what `npm run db:backup` has written. It applies the migrations that the backup
 * had, inserts its rows, and applies the migrations since.
 */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { Client, InValue } from '@libsql/client/http'
import {
  type EncodedValue,
  type End,
  type Head,
  quoted,
  type RowLine,
  type TableLine,
  tablesOf,
} from './backup-file.ts'
import { run } from './cli.ts'
import { toLines } from './cursor.ts'
import { connect, type Database, withDatabase } from './database.ts'
import { migrate, namesOf } from './migrations.ts'
import { SetupError } from './sqld.ts'

/** How much goes into one statement: so many values, of the 32,766 that SQLite takes, or so many characters. */
const CHUNK_VALUES = 20_000
const CHUNK_LENGTH = 1_000_000

const decode = (value: EncodedValue): InValue => {
  if (value.type === 'null') return null
  if (value.type === 'integer') return BigInt(value.value)
  return value.type === 'blob' ? Buffer.from(value.base64, 'base64') : value.value
}

/** The lines of a backup, with their lengths. Throws SetupError where it cannot be read to its end. */
const linesOf = async function* (file: string): AsyncGenerator<{ line: unknown; length: number }> {
  const zipped = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array<ArrayBuffer>>
  try {
    for await (const text of toLines(zipped.pipeThrough(new DecompressionStream('gzip')))) {
      yield { line: JSON.parse(text), length: text.length }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new SetupError(`There is no ${file}.`)
    throw new SetupError(`${file} is no backup, or it is cut off.`)
  }
}

/** Inserts the rows of the lines, and returns how many there were of each table. Throws SetupError at a cut-off file. */
const insertRows = async (client: Client, lines: ReturnType<typeof linesOf>) => {
  const counts = new Map<string, number>()
  let { table, columns }: TableLine = { table: '', columns: [] }
  let [rows, length]: [InValue[][], number] = [[], 0]
  let end: End | undefined
  const flush = async () => {
    const tuple = `(${columns.map(() => '?').join(', ')})`
    const sql = `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(', ')}) VALUES ${rows.map(() => tuple).join(', ')}`
    // With foreign keys off: the tables come in no particular order.
    if (rows.length > 0) await client.migrate([{ sql, args: rows.flat() }])
    counts.set(table, (counts.get(table) ?? 0) + rows.length)
    ;[rows, length] = [[], 0]
  }
  for await (const { line, length: added } of lines) {
    if (Array.isArray(line)) {
      rows.push((line as RowLine).map(decode))
      length += added
      if (rows.length * columns.length >= CHUNK_VALUES || length >= CHUNK_LENGTH) await flush()
    } else {
      await flush()
      if ('table' in (line as object)) ({ table, columns } = line as TableLine)
      else end = line as End
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (end?.rows !== total) throw new SetupError('It is cut off.')
  return counts
}

/** Does `work` without triggers: what they would write is in the backup. */
const withoutTriggers = async <T>(client: Client, work: () => Promise<T>): Promise<T> => {
  const { rows } = await client.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
  for (const { name } of rows) await client.execute(`DROP TRIGGER ${quoted(String(name))}`)
  const result = await work()
  for (const { sql } of rows) await client.execute(String(sql))
  return result
}

const verify = async (client: Client, counts: Map<string, number>) => {
  const { rows: orphans } = await client.execute('PRAGMA foreign_key_check')
  if (orphans.length > 0) throw new SetupError(`${orphans.length} rows refer to rows that are not there.`)
  for (const { table } of await tablesOf(client)) {
    const { rows } = await client.execute(`SELECT count(*) AS count FROM ${quoted(table)}`)
    const [found, wanted] = [Number(rows[0]?.count), counts.get(table) ?? 0]
    if (found !== wanted) throw new SetupError(`${table} has ${found} rows, and the backup ${wanted}.`)
  }
}

const restore = async (client: Client, database: Database, file: string) => {
  if ((await tablesOf(client)).length > 0) throw new SetupError('The database is not empty: restore into a new one.')
  const lines = linesOf(file)
  const head = (await lines.next()).value?.line as Head | undefined
  if (head?.outlayBackup !== 1) throw new SetupError(`${file} is no backup.`)
  const names = namesOf(head.migrations)
  try {
    await migrate(database.url, { ...database, count: names.length })
    const counts = await withoutTriggers(client, () => insertRows(client, lines))
    await verify(client, counts)
    const later = await migrate(database.url, database)
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
    const since = later.length === 0 ? '' : `, and applied ${later.join(', ')}`
    console.log(`Restored ${total} rows to ${new URL(database.url).host}${since}.`)
  } catch (error) {
    throw new SetupError(`Not restored; what the database has now is not whole. ${(error as Error).message}`)
  }
}

await run(async () => {
  const [file] = process.argv.slice(2)
  if (!file) throw new SetupError('Name the file: npm run db:restore -- FILE')
  await withDatabase(async (database) => {
    const client = connect(database)
    try {
      await restore(client, database, file)
    } finally {
      client.close()
    }
  })
})
