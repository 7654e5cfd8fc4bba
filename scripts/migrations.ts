import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client/http'
import { drizzle } from 'drizzle-orm/libsql/http'
import { migrate as applyMigrations } from 'drizzle-orm/libsql/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { root } from './root.ts'
import { SetupError } from './sqld.ts'

const migrationsFolder = join(root, 'drizzle')
const TABLE = '__drizzle_migrations'

type Migration = { name: string; hash: string; at: number }

/** The migrations in drizzle/, in the order of its journal. */
const ours = (): Migration[] => {
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

/**
 * Applies the migrations of drizzle/ that the database does not have yet, and returns their names. Throws SetupError,
 * and changes nothing, where those that it has are not the first of ours: Drizzle itself compares only dates.
 */
export const migrate = async (url: string, authToken?: string): Promise<string[]> => {
  const client = createClient({ url, ...(authToken && { authToken }) })
  try {
    const [known, applied] = [ours(), await appliedTo(client)]
    const differs = applied.findIndex(({ hash, at }, i) => known[i]?.hash !== hash || known[i].at !== at)
    if (differs !== -1) {
      const name = known[differs]?.name ?? 'none'
      throw new SetupError(
        `Refused: migration ${differs + 1} of the database is not the one in drizzle/ (${name}). Nothing was changed.`,
      )
    }
    await applyMigrations(drizzle({ client }), { migrationsFolder })
    return known.slice(applied.length).map(({ name }) => name)
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`${url} cannot be migrated: ${(error as Error).message}`)
  } finally {
    client.close()
  }
}
