/** Outlay for a benchmark: the production bundle, and a database of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../scripts/migrations.ts'
import { freePort, startSqld } from '../scripts/sqld.ts'
import { api, bundle, type Server, serve } from './servers.ts'

/** Starts both, does the work, and ends them. */
export const withOutlay = async (work: (server: Server, databaseUrl: string) => Promise<void>): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'outlay-bench-'))
  const cleanUp: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })]
  try {
    const sqld = await startSqld(await freePort(), dataDir)
    cleanUp.push(() => sqld.stop())
    await migrate(sqld.url)
    const server = await serve('api', api(bundle(dataDir), sqld.url), dataDir)
    cleanUp.push(() => server.stop())
    await work(server, sqld.url)
  } finally {
    for (let undo = cleanUp.pop(); undo; undo = cleanUp.pop()) await undo()
  }
}
