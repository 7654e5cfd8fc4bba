import { createApp } from './app.ts'
import { runJobs } from './jobs.ts'

const app = createApp()

export default { fetch: app.fetch, scheduled: runJobs }
