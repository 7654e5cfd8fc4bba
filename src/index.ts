import { createApp } from './app.ts'
import { type Env, readConfig } from './config.ts'
import { connect } from './db/client.ts'
import { createDatabase, type Database } from './db/database.ts'
import { raiseOverdueAlerts } from './modules/budgets/alert-job.ts'
import { postDue } from './modules/occurrences/auto-job.ts'
import { purge } from './modules/retention/purge.ts'

const app = createApp()

/** What the Cron Trigger of wrangler.toml runs. Each job logs what it has done. */
const scheduled = async (_controller: unknown, env: Env) => {
  const { database } = readConfig(env)
  const run = async (job: string, work: (db: Database) => Promise<object>) => {
    const use = { roundTrips: 0, milliseconds: 0 }
    const done = await work(createDatabase(connect(database, use)))
    console.info(JSON.stringify({ level: 'info', job, ...done, ...use }))
  }
  await run('plans', postDue)
  await run('alerts', async (db) => ({ raised: await raiseOverdueAlerts(db) }))
  await run('retention', async (db) => ({ deleted: await purge(db) }))
}

export default { fetch: app.fetch, scheduled }
