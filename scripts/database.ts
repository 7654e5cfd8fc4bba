import { type Client, createClient } from '@libsql/client/http'
import { dataDir, localToken, startLocalDatabase } from './local-database.ts'
import { lock } from './lock.ts'
import { isInUse, portOf, SetupError } from './sqld.ts'

/** How a database is reached. */
export type Database = { url: string; authToken?: string | undefined }

export const connect = ({ url, authToken }: Database): Client => createClient({ url, ...(authToken && { authToken }) })

/** Uses the database server of `npm run dev` if it runs, else starts one for this work. */
const withLocalDatabase = async (work: (database: Database) => Promise<void>) => {
  const port = portOf('DB_PORT', 8080)
  const database = { url: `http://127.0.0.1:${port}`, authToken: await localToken() }
  if (await isInUse(port)) return work(database)
  const held = lock(dataDir)
  try {
    const sqld = await startLocalDatabase(port)
    held.add('sqld', sqld.process.pid)
    try {
      await work(database)
    } finally {
      await sqld.stop()
    }
  } finally {
    held.release()
  }
}

/**
 * Does `work` with the database of TURSO_DATABASE_URL and TURSO_AUTH_TOKEN or, without them, with the local one.
 * Throws SetupError.
 */
export const withDatabase = (work: (database: Database) => Promise<void>): Promise<void> => {
  const { TURSO_DATABASE_URL: url, TURSO_AUTH_TOKEN: authToken } = process.env
  if (!url) return withLocalDatabase(work)
  if (!URL.canParse(url)) throw new SetupError('TURSO_DATABASE_URL must be a URL.')
  return work({ url, authToken })
}
