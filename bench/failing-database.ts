/** A database that fails as it is told to: by a proxy on the way to it, by a signal, or for want of room. */
import { join } from 'node:path'
import { createClient } from '@libsql/client/http'
import { freePort, startSqld } from '../scripts/sqld.ts'
import { type Fault, startProxy } from '../test/support/proxy.ts'

/** As `npm run dev` has it. */
const CHECKPOINT_INTERVAL_S = 30

export type FailingDatabase = Awaited<ReturnType<typeof startFailingDatabase>>

/** Starts it. The proxy fails the calls that name one of these users, whose ids may be added later. */
export const startFailingDatabase = async (folder: string, victims: { id: string }[]) => {
  const admin = `127.0.0.1:${await freePort()}`
  process.env.SQLD_ADMIN_LISTEN_ADDR = admin
  const port = await freePort()
  const start = () => startSqld(port, folder, { checkpointIntervalS: CHECKPOINT_INTERVAL_S })
  let sqld = await start()
  let fault: Fault | 'pass' = 'pass'
  const proxy = await startProxy(sqld.url, (body) => (victims.some(({ id }) => body.includes(id)) ? fault : 'pass'))
  const client = createClient({ url: sqld.url })
  return {
    folder,
    file: join(folder, 'sqld/dbs/default/data'),
    url: sqld.url,
    proxyUrl: `${proxy.url}/chosen/faults`,
    client,
    /** How many calls the proxy still holds. */
    pending: proxy.pending,
    setFault: (next: Fault | 'pass') => {
      fault = next
    },
    kill: () => sqld.process.kill('SIGKILL'),
    start: async () => {
      sqld = await start()
    },
    /** The size of the database, in bytes. */
    size: async () => {
      const { rows } = await client.execute(
        'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
      )
      return Number(rows[0]?.bytes)
    },
    /** Sets the size that the database may have, in bytes. */
    limitSize: async (bytes: number) => {
      const response = await fetch(`http://${admin}/v1/namespaces/default/config`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ block_reads: false, block_writes: false, max_db_size: `${bytes}B` }),
      })
      if (!response.ok) throw new Error(`sqld does not limit its size: ${response.status} ${await response.text()}`)
    },
    stop: () => {
      proxy.stop()
      return sqld.stop()
    },
  }
}
