import { type Env, readConfig } from './config.ts'
import { Client } from './db/client.ts'
import { Database } from './db/database.ts'
import { causeOf } from './http/errors.ts'
import { raiseOverdueAlerts } from './modules/budgets/alert-job.ts'
import { postDue } from './modules/occurrences/auto-job.ts'
import { purge } from './modules/retention/purge.ts'
import { updateUtcOffsets } from './modules/users/offset-job.ts'

/** Each job by its name in the log. It returns what it has done. */
const jobs: Record<string, (db: Database) => Promise<object>> = {
  offsets: async (db) => ({ updated: await updateUtcOffsets(db) }),
  plans: postDue,
  alerts: async (db) => ({ raised: await raiseOverdueAlerts(db) }),
  retention: async (db) => ({ deleted: await purge(db) }),
}

/**
 * What the Cron Trigger of wrangler.toml runs: one job after another, each with a line in the log. One that fails keeps no
 * other from its work. Throws the first error, so that Cloudflare counts the run as failed.
 */
export const runJobs = async (_controller: unknown, env: Env): Promise<void> => {
  const { database } = readConfig(env)
  const errors: unknown[] = []
  for (const [job, work] of Object.entries(jobs)) {
    const use = { roundTrips: 0, milliseconds: 0 }
    try {
      const done = await work(new Database(new Client(database, use)))
      console.info(JSON.stringify({ level: 'info', job, ...done, ...use }))
    } catch (error) {
      console.error(JSON.stringify({ level: 'error', job, cause: causeOf(error), ...use }))
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
