/**
 * `npm run bench:files`: what it costs to download all of 100,000 expenses and to import 2,000 rows, for the same user.
 * Fails where a download takes more memory than it may, or a write holds the lock of the database for longer.
 */
import { readFileSync } from 'node:fs'
import { withOutlay } from './outlay.ts'
import { call, type Person } from './people.ts'
import { seed } from './seed.ts'
import { settings } from './settings.ts'
import { median } from './statistics.ts'

const EXPENSES = 100_000
Object.assign(settings, { users: 4, few: 1, many: EXPENSES })

const ROWS = 2000
/** Enough of a file for as many rows. */
const START_BYTES = 2 ** 20
const ROUNDS = 5
const MAX_MEMORY_MIB = 64
const MAX_LOCK_MS = 1000

/** What a process has in memory, in MiB: from /proc, since `ps` takes too long to watch it with. Linux only. */
const residentMemory = (pid: number | undefined) =>
  Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

const check = (what: string, found: number, bound: number, unit: string) => {
  console.log(`${what}: ${found.toFixed(0)} ${unit}, wanted ≤ ${bound}`)
  if (!(found <= bound)) process.exitCode = 1
}

/** The most memory that a process has from now on, in MiB, until it is asked. */
const watchMemory = (pid: number | undefined) => {
  let peak = residentMemory(pid)
  const timer = setInterval(() => {
    peak = Math.max(peak, residentMemory(pid))
  }, 5)
  return () => {
    clearInterval(timer)
    return peak
  }
}

/** Downloads a file, and tells how much memory the process took for it. Returns its first lines. */
const download = async (url: string, pid: number | undefined, { token }: Person, format: string) => {
  const [began, before, peakOf] = [performance.now(), residentMemory(pid), watchMemory(pid)]
  const answer = await call(url, 'GET', `/v1/expenses/export?format=${format}`, undefined, token)
  let [start, bytes] = ['', 0]
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length
    if (bytes < START_BYTES) start += new TextDecoder().decode(chunk)
  }
  console.log(`${format}: ${(bytes / 2 ** 20).toFixed(1)} MiB in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  check(`memory of workerd, ${before.toFixed(0)} MiB before, grew by`, peakOf() - before, MAX_MEMORY_MIB, 'MiB')
  return start
}

const isoDate = (column: string) => ({ column, format: 'YYYY-MM-DD' })

/** The first rows of what was exported, without their ids: what is there already, entered by hand. */
const similarFile = (csv: string) => ({
  csv: csv
    .split('\r\n')
    .slice(0, ROWS + 1)
    .join('\n'),
  mapping: {
    date: isoDate('date'),
    amount: { column: 'amount', decimal: '.', sign: 'allExpenses' },
    ...{ merchant: 'merchant', note: 'note', category: 'category', tags: 'tags' },
    ...{ currency: 'currency', exchangeRate: 'exchangeRate' },
  },
})

/** A file of as many rows as there may be, which none of the rounds before had, in this many months. */
const newFile = (round: number, months: number, categories: string[]) => {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const month = 2026 * 12 + 10 - (i % months)
    const day = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-${String((i % 28) + 1).padStart(2, '0')}`
    return `${day},-${(i % 300) + 1}.50,Merchant ${i},Bought in round ${round},${round}-${i},"a,b"`
  })
  return {
    csv: `Date,Amount,Payee,Text,Id,Labels\n${rows.join('\n')}`,
    mapping: {
      date: isoDate('Date'),
      amount: { column: 'Amount', decimal: '.', sign: 'expensesNegative' },
      ...{ merchant: 'Payee', note: 'Text', externalId: 'Id', tags: 'Labels' },
    },
    categories: Object.fromEntries(rows.map((_, i) => [`Merchant ${i}`, categories[i % categories.length]])),
  }
}

await withOutlay(async (server, databaseUrl) => {
  const { many } = await seed(server.url, databaseUrl)

  let exported = ''
  // The first fills what is kept from then on.
  for (const format of ['csv', 'csv', 'json', 'csv'])
    exported = await download(server.url, server.process.pid, many, format)

  /** Sends a write, and returns its answer and how long the database took for it. */
  const write = async (method: string, path: string, body?: object) => {
    const response = await call(server.url, method, path, body, many.token)
    const time = Number(/db;dur=(\d+)/.exec(response.headers.get('Server-Timing') ?? '')?.[1])
    return { time, answer: (await response.json()) as { id: string } }
  }
  const files: [string, (round: number) => object][] = [
    ['of 3 months', (round) => newFile(round, 3, many.categories)],
    ['of 120 months', (round) => newFile(round + ROUNDS, 120, many.categories)],
    ['like what is there', () => similarFile(exported)],
  ]
  for (const [what, fileOf] of files) {
    const [tried, imported, again, takenBack]: [number[], number[], number[], number[]] = [[], [], [], []]
    for (let round = 0; round < ROUNDS; round++) {
      const file = fileOf(round)
      tried.push((await write('POST', '/v1/imports?dryRun=true', file)).time)
      const { time, answer } = await write('POST', '/v1/imports', file)
      imported.push(time)
      again.push((await write('POST', '/v1/imports', file)).time)
      takenBack.push((await write('DELETE', `/v1/imports/${answer.id}`)).time)
    }
    for (const [step, times] of Object.entries({ tried, imported, again, takenBack })) {
      check(`${ROWS} rows ${what}, ${step}`, median(times), MAX_LOCK_MS, 'ms')
    }
  }
})
