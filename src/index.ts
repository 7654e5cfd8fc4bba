import { createApp } from './app.ts'
import { type Env, readConfig } from './config.ts'
import { connect } from './db/client.ts'
import { createDatabase } from './db/database.ts'
import { purge } from './modules/retention/purge.ts'

const app = createApp()

/** What the Cron Trigger of wrangler.toml runs. */
const scheduled = async (_controller: unknown, env: Env) => {
  const use = { roundTrips: 0, milliseconds: 0 }
  const deleted = await purge(createDatabase(connect(readConfig(env).database, use)))
  console.info(JSON.stringify({ level: 'info', job: 'retention', deleted, ...use }))
}

export default { fetch: app.fetch, scheduled }
