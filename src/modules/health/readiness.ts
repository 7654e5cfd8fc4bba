import type { Config } from '../../config.ts'
import type { Database } from '../../db/database.ts'
import { now } from '../../shared/clock.ts'
import { touch } from './queries.ts'

/** How long the database may take. */
const TIMEOUT_MS = 1000

/** How long an isolate gives the same answer. */
const SHARED_MS = 5000

type Result = { at: number; error?: unknown }

/** The latest result of this isolate, so that not every caller causes a write. */
const results = new WeakMap<Config, Result>()

const check = async (db: Database): Promise<Result> => {
  try {
    await db.withTimeout(TIMEOUT_MS).transaction({ write: [touch()] })
    return { at: now() }
  } catch (error) {
    return { at: now(), error }
  }
}

/** Returns if the database takes writes, or did some seconds ago. Throws what went wrong. */
export const requireReadiness = async (config: Config, db: Database): Promise<void> => {
  const known = results.get(config)
  const result = known && now() - known.at < SHARED_MS ? known : await check(db)
  results.set(config, result)
  if (result.error) throw result.error
}
