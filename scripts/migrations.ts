import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client/http'
import { drizzle } from 'drizzle-orm/libsql/http'
import { migrate as applyMigrations } from 'drizzle-orm/libsql/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { root } from './root.ts'
import { SetupError } from './sqld.ts'

const TABLE = '__drizzle_migrations'

type Migration = { name: string; hash: string; at: number }

/** The migrations in a folder, in the order of its journal. */
const migrationsIn = (migrationsFolder: string): Migration[] => {
  const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8'))
  const names = (journal.entries as { tag: string }[]).map(({ tag }) => tag)
  const files = readMigrationFiles({ migrationsFolder })
  return files.map(({ hash, folderMillis }, i) => ({ name: names[i] ?? '', hash, at: folderMillis }))
}

const appliedTo = async (client: Client): Promise<Omit<Migration, 'name'>[]> => {
  const { rows: tables } = await client.execute({ sql: 'SELECT 1 FROM sqlite_schema WHERE name = ?', args: [TABLE] })
  if (tables.length === 0) return []
  const { rows } = await client.execute(`SELECT hash, created_at FROM ${TABLE} ORDER BY created_at`)
  return rows.map((row) => ({ hash: String(row.hash), at: Number(row.created_at) }))
}

type Options = { authToken?: string | undefined; folder?: string }

/**
 * Applies the migrations of `folder` that the database does not have yet, and returns their names: all of them in one
 * transaction, with foreign keys off, so that a migration can drop and rebuild a table without deleting its children.
 * Throws SetupError, and changes nothing, where those that the database has are not the first of the folder: Drizzle
 * itself compares only dates.
 */
export const migrate = async (
  url: string,
  { authToken, folder = join(root, 'drizzle') }: Options = {},
): Promise<string[]> => {
  const client = createClient({ url, ...(authToken && { authToken }) })
  try {
    const [known, applied] = [migrationsIn(folder), await appliedTo(client)]
    const differs = applied.findIndex(({ hash, at }, i) => known[i]?.hash !== hash || known[i].at !== at)
    if (differs !== -1) {
      const name = known[differs]?.name ?? 'none'
      throw new SetupError(
        `Refused: migration ${differs + 1} of the database is not the one in drizzle/ (${name}). Nothing was changed.`,
      )
    }
    await applyMigrations(drizzle({ client }), { migrationsFolder: folder })
    return known.slice(applied.length).map(({ name }) => name)
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`${url} cannot be migrated: ${(error as Error).message}`)
  } finally {
    client.close()
  }
}
