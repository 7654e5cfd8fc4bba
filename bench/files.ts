/**
 * `npm run bench:files`: what it costs to download all of 100,000 expenses and to import 2,000 rows, for the same user.
 * Fails where a download takes more memory than it may, or a write holds the lock of the database for longer.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrate } from '../scripts/migrations.ts'
import { freePort, startSqld } from '../scripts/sqld.ts'
import { call, type Person } from './people.ts'
import { seed } from './seed.ts'
import { api, bundle, serve } from './servers.ts'
import { settings } from './settings.ts'
import { median } from './statistics.ts'

const EXPENSES = 100_000
Object.assign(settings, { users: 4, few: 1, many: EXPENSES })

const ROWS = 2000
const ROUNDS = 5
const MAX_MEMORY_MIB = 64
const MAX_LOCK_MS = 1000

/** What a process has in memory, in MiB. Linux only. */
const residentMemory = (pid: number | undefined) =>
  Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

const check = (what: string, found: number, bound: number, unit: string) => {
  console.log(`${what}: ${found.toFixed(0)} ${unit}, wanted ≤ ${bound}`)
  if (!(found <= bound)) process.exitCode = 1
}

/** Downloads a file, and tells its size and the most memory that the process had meanwhile. */
const download = async (url: string, pid: number | undefined, { token }: Person, query: string) => {
  const [began, before] = [performance.now(), residentMemory(pid)]
  let [peak, bytes, isDone] = [before, 0, false]
  const watch = async () => {
    for (; !isDone; await pause(5)) peak = Math.max(peak, residentMemory(pid))
  }
  const watching = watch()
  const answer = await call(url, 'GET', `/v1/expenses/export?${query}`, undefined, token)
  for await (const chunk of answer.body ?? []) bytes += chunk.length
  isDone = true
  await watching
  console.log(`${query}: ${(bytes / 2 ** 20).toFixed(1)} MiB in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  check(`memory of workerd, ${before.toFixed(0)} MiB before, grew by`, peak - before, MAX_MEMORY_MIB, 'MiB')
}

/** A file of as many rows as there may be, which none of the rounds before had, in this many months. */
const fileOf = (round: number, months: number) => {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const month = 2026 * 12 + 10 - (i % months)
    const day = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-${String((i % 28) + 1).padStart(2, '0')}`
    return `${day},-${(i % 300) + 1}.50,Merchant ${i},Bought in round ${round},${round}-${i},"a,b"`
  })
  return {
    csv: `Date,Amount,Payee,Text,Id,Labels\n${rows.join('\n')}`,
    mapping: {
      date: { column: 'Date', format: 'YYYY-MM-DD' },
      amount: { column: 'Amount', decimal: '.', sign: 'expensesNegative' },
      ...{ merchant: 'Payee', note: 'Text', externalId: 'Id', tags: 'Labels' },
    },
    categories: {} as Record<string, string>,
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'outlay-files-'))
const cleanUp: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })]
try {
  const sqld = await startSqld(await freePort(), dataDir)
  cleanUp.push(() => sqld.stop())
  await migrate(sqld.url)
  const server = await serve('api', api(bundle(dataDir), sqld.url), dataDir)
  cleanUp.push(() => server.stop())
  const { many } = await seed(server.url, sqld.url)

  // The first fills what is kept from then on.
  for (const query of ['format=csv', 'format=csv', 'format=json', 'format=csv']) {
    await download(server.url, server.process.pid, many, query)
  }

  /** Sends a write, and returns its answer and how long the database took for it. */
  const write = async (method: string, path: string, body?: object) => {
    const response = await call(server.url, method, path, body, many.token)
    const time = Number(/db;dur=(\d+)/.exec(response.headers.get('Server-Timing') ?? '')?.[1])
    return { time, answer: (await response.json()) as { id: string } }
  }
  for (const months of [3, 120]) {
    const times: Record<string, number[]> = { 'dry run': [], import: [], 'same again': [], 'taken back': [] }
    for (let round = 0; round < ROUNDS; round++) {
      const file = fileOf(round + months * ROUNDS, months)
      for (let i = 0; i < ROWS; i++)
        file.categories[`Merchant ${i}`] = many.categories[i % many.categories.length] ?? ''
      times['dry run']?.push((await write('POST', '/v1/imports?dryRun=true', file)).time)
      const { time, answer } = await write('POST', '/v1/imports', file)
      times.import?.push(time)
      times['same again']?.push((await write('POST', '/v1/imports', file)).time)
      times['taken back']?.push((await write('DELETE', `/v1/imports/${answer.id}`)).time)
    }
    for (const [what, found] of Object.entries(times)) {
      check(`${ROWS} rows of ${months} months, ${what}`, median(found), MAX_LOCK_MS, 'ms')
    }
  }
} finally {
  for (let undo = cleanUp.pop(); undo; undo = cleanUp.pop()) await undo()
}
