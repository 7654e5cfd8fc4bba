import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@libsql/client/http'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { connect } from './database.ts'
import { root } from './root.ts'
import { SetupError } from './sqld.ts'

/** Drizzle's own table of what is applied. Its `id`, which Drizzle leaves empty, is the number of the migration here. */
const TABLE = '__drizzle_migrations'
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS ${TABLE} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`

export type Applied = { hash: string; at: number }
type Migration = Applied & { name: string; statements: string[] }

/** The migrations in a folder, in the order of its journal. */
const migrationsIn = (migrationsFolder: string): Migration[] => {
  const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8'))
  const names = (journal.entries as { tag: string }[]).map(({ tag }) => tag)
  const files = readMigrationFiles({ migrationsFolder })
  return files.map(({ hash, folderMillis, sql }, i) => ({
    name: names[i] ?? '',
    hash,
    at: folderMillis,
    statements: sql,
  }))
}

/** The migrations that a database has, in their order. */
export const appliedTo = async (client: Client): Promise<Applied[]> => {
  const { rows: tables } = await client.execute({ sql: 'SELECT 1 FROM sqlite_schema WHERE name = ?', args: [TABLE] })
  if (tables.length === 0) return []
  const { rows } = await client.execute(`SELECT hash, created_at FROM ${TABLE} ORDER BY created_at`)
  return rows.map((row) => ({ hash: String(row.hash), at: Number(row.created_at) }))
}

/** The migrations of `known` that come after those of `applied`. Throws SetupError if `applied` is not its beginning. */
const pendingAfter = (applied: Applied[], known: Migration[]): Migration[] => {
  const differs = applied.findIndex(({ hash, at }, i) => known[i]?.hash !== hash || known[i].at !== at)
  if (differs === -1) return known.slice(applied.length)
  const name = known[differs]?.name ?? 'none'
  throw new SetupError(
    `Refused: migration ${differs + 1} of the database is not the one in drizzle/ (${name}). Nothing was changed.`,
  )
}

/** The names of these migrations. Throws SetupError where they are not the first of drizzle/. */
export const namesOf = (applied: Applied[]): string[] => {
  const known = migrationsIn(join(root, 'drizzle'))
  const pending = pendingAfter(applied, known)
  return known.slice(0, known.length - pending.length).map(({ name }) => name)
}

/**
 * Applies one migration, in a transaction with foreign keys off, so that it can drop and rebuild a table without
 * deleting its children. It first takes its number: of two runs at once, the second fails there and changes nothing.
 */
const apply = (client: Client, number: number, { hash, at, statements }: Migration) =>
  client.migrate([
    CREATE_TABLE,
    { sql: `INSERT INTO ${TABLE} (id, hash, created_at) VALUES (?, ?, ?)`, args: [number, hash, at] },
    ...statements,
  ])

type Options = {
  authToken?: string | undefined
  folder?: string
  /** How many migrations the database is to have at most: all of them if left out. */
  count?: number
}

/**
 * Applies the migrations of `folder` that the database does not have yet, each in a transaction of its own, and returns
 * the names of those that this run has applied. After a run that was killed, the next one goes on. Throws SetupError,
 * and changes nothing, where those that the database has are not the first of the folder.
 */
export const migrate = async (
  url: string,
  { authToken, folder = join(root, 'drizzle'), count }: Options = {},
): Promise<string[]> => {
  const client = connect({ url, authToken })
  const known = migrationsIn(folder).slice(0, count)
  const done: string[] = []
  try {
    for (;;) {
      const applied = await appliedTo(client)
      const [next] = pendingAfter(applied, known)
      if (!next) return done
      try {
        await apply(client, applied.length + 1, next)
        done.push(next.name)
      } catch (error) {
        const isSame = (await appliedTo(client)).length === applied.length
        // Else another run has applied it, and this one goes on from there.
        if (isSame)
          throw new SetupError(`Migration ${next.name} failed, and changed nothing: ${(error as Error).message}`)
      }
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`${url} cannot be reached: ${(error as Error).message}. To go on, run it again.`)
  } finally {
    client.close()
  }
}
