import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { drizzle } from 'drizzle-orm/libsql/http'
import { migrate as applyMigrations } from 'drizzle-orm/libsql/migrator'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { root } from './root.ts'
import { SetupError } from './sqld.ts'

const migrationsFolder = join(root, 'drizzle')
const TABLE = '__drizzle_migrations'

type Applied = { hash: string; createdAt: number }

const readApplied = async (client: ReturnType<typeof createClient>): Promise<Applied[]> => {
  const { rows: tables } = await client.execute({ sql: 'SELECT 1 FROM sqlite_schema WHERE name = ?', args: [TABLE] })
  if (tables.length === 0) return []
  const { rows } = await client.execute(`SELECT hash, created_at FROM ${TABLE} ORDER BY created_at`)
  return rows.map(({ hash, created_at }) => ({ hash: String(hash), createdAt: Number(created_at) }))
}

/**
 * Applies the migrations of drizzle/ that the database does not have yet, and returns how many those were. Throws
 * SetupError, and changes nothing, where the ones that it has are not the first of ours: Drizzle compares only dates.
 */
export const migrate = async (url: string, authToken?: string): Promise<number> => {
  const client = createClient({ url, ...(authToken && { authToken }) })
  try {
    const ours = readMigrationFiles({ migrationsFolder })
    const applied = await readApplied(client)
    const differs = applied.findIndex(
      ({ hash, createdAt }, i) => ours[i]?.hash !== hash || ours[i].folderMillis !== createdAt,
    )
    if (differs !== -1) {
      throw new SetupError(
        `Migration ${differs + 1} of the database is not the one in drizzle/: it was made by another version of Outlay.`,
      )
    }
    await applyMigrations(drizzle({ client }), { migrationsFolder })
    return ours.length - applied.length
  } finally {
    client.close()
  }
}
