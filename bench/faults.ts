/**
 * `npm run bench:faults`: what 16 clients that write, and a neighbour, are told while the database fails, and what is
 * there afterwards. It takes some five minutes, and fails if an acknowledged write is lost, one is doubled or half done,
 * a sum or a revision is not as recounted, an answer is neither a success nor a problem document that says when to try
 * again, one takes over eight seconds, or the neighbour is affected. The disk is filled only if TMPDIR is on a file system
 * with less than 1 GiB of room.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrate } from '../scripts/migrations.ts'
import { startFailingDatabase } from './failing-database.ts'
import { audit, type Findings, revisionsOf } from './fault-audit.ts'
import { type Scenario, scenariosOf } from './fault-scenarios.ts'
import { type Account, newAccount, recovery, sendUntilOver, writeUntilOver } from './fault-writers.ts'
import { call, type Person, register } from './people.ts'
import { api, bundle, serve } from './servers.ts'
import { percentile } from './statistics.ts'

const WRITERS = 16
const USERS = 4
/** How long the clients go on before a fault and after it, in milliseconds. */
const CALM_MS = 1000

const report = (name: string, account: Account, neighbours: Account, findings: Findings, recoveryMs: number) => {
  const counts = { sent: account.writes.length, ...findings }
  console.log(
    `${name}: ${Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`,
  )
  const statuses = [...account.statuses].map(([status, count]) => `${status} × ${count}`).join(', ')
  const slowest = (Math.max(...account.times) / 1000).toFixed(1)
  const p95 = percentile(neighbours.times, 0.95).toFixed(0)
  console.log(
    `    ${statuses}; slowest ${slowest} s; writes ${recoveryMs.toFixed(0)} ms after the fault; ` +
      `neighbour ${neighbours.times.length} requests, p95 ${p95} ms`,
  )
  for (const complaint of [...account.complaints, ...neighbours.complaints]) {
    console.error(`    WRONG: ${complaint}`)
    process.exitCode = 1
  }
}

const folder = mkdtempSync(join(tmpdir(), 'outlay-faults-'))
const cleanUp: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
try {
  const writing: Person[] = []
  const database = await startFailingDatabase(folder, writing)
  cleanUp.push(database.stop)
  await migrate(database.url)
  const built = bundle(folder)
  const proxied = await serve('proxied', api(built, database.proxyUrl), folder)
  cleanUp.push(proxied.stop)
  const direct = await serve('direct', api(built, database.url), folder)
  cleanUp.push(direct.stop)

  for (let i = 0; i < USERS; i++) writing.push(await register(direct.url, `writer${i}`))
  const colleague = await register(direct.url, 'colleague')
  const limit = { limit: 100_000, rollover: 'full' }
  for (const { token } of writing) await call(direct.url, 'PUT', '/v1/months/2026-01/budgets/overall', limit, token)

  const play = async ({ name, run, isOnTheWay, neighbour, leaves = false }: Scenario, index: number) => {
    const [account, neighbours] = [newAccount(), newAccount()]
    const { url } = isOnTheWay ? proxied : direct
    const before = await revisionsOf(database.client, writing)
    let hasEnded = false
    const isOver = () => hasEnded
    const prefix = `fault${index}-`
    const working = Array.from({ length: WRITERS }, (_, i) => {
      const person = writing[i % USERS] as Person
      return writeUntilOver({ account, url, person, isOver }, `${prefix}${i}`, leaves)
    })
    working.push(sendUntilOver({ account: neighbours, url, person: colleague, isOver }, neighbour))
    const fail = async () => {
      await pause(CALM_MS)
      await run()
      const recoveryMs = await recovery(url, writing[0] as Person)
      await pause(CALM_MS)
      hasEnded = true
      return recoveryMs
    }
    const [recoveryMs] = await Promise.all([fail(), ...working])
    // What nobody waits for any longer is done all the same, and must be by now.
    while (database.pending() > 0) await pause(50)
    await pause(CALM_MS)
    const findings = await audit({ url: direct.url, client: database.client, people: writing }, prefix, before, account)
    report(name, account, neighbours, findings, recoveryMs)
  }
  for (const [i, scenario] of scenariosOf(database).entries()) await play(scenario, i)
} finally {
  for (let undo = cleanUp.pop(); undo; undo = cleanUp.pop()) await undo()
}
