/**
 * `npm run bench:reports`: how long the database takes for the reports of a year of two users with many expenses, spread
 * over ten years, by its own clock. It takes some two minutes, and fails where a bound is not met. See also run.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../scripts/migrations.ts'
import { freePort, startSqld } from '../scripts/sqld.ts'
import { toMonthName, toMonthNumber } from '../src/shared/calendar.ts'
import { call } from './people.ts'
import { startProxy } from './proxy.ts'
import { MONTH, seedVaried } from './seed.ts'
import { api, bundle, serve } from './servers.ts'
import { measured } from './statistics.ts'

const TIMES = 11
const YEAR = `from=${toMonthName(toMonthNumber(MONTH) - 12)}&to=${toMonthName(toMonthNumber(MONTH) - 1)}`

/** What a report may take for a user with so many expenses, in milliseconds. */
const BOUNDS = { stored: { 10000: 15, 1000000: 15 }, counted: { 10000: 10, 1000000: 150 } }

/** The reports whose sums are stored by month and category, and those whose expenses are gone through. */
const reports: [query: string, bounds: Record<number, number>][] = [
  ['by=category', BOUNDS.stored],
  ['by=month', BOUNDS.stored],
  ['by=merchant', BOUNDS.counted],
  ['by=weekday', BOUNDS.counted],
  ['by=tag', BOUNDS.counted],
]

const dataDir = mkdtempSync(join(tmpdir(), 'outlay-bench-'))
const cleanUp: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })]
try {
  const sqld = await startSqld(await freePort(), dataDir)
  cleanUp.push(sqld.stop)
  await migrate(sqld.url)
  const proxy = await startProxy(sqld.url)
  cleanUp.push(proxy.stop)
  const { url, stop } = await serve('api', api(bundle(dataDir), proxy.url), dataDir)
  cleanUp.push(stop)

  for (const count of [10_000, 1_000_000]) {
    const { token } = await seedVaried(url, sqld.url, count)
    for (const [query, bounds] of reports) {
      const times: number[] = []
      const ask = async () => {
        proxy.take()
        await (await call(url, 'GET', `/v1/reports/spending?${query}&${YEAR}`, undefined, token)).text()
        return proxy.take()
      }
      const { rowsRead } = await ask()
      for (let i = 0; i < TIMES; i++) times.push((await ask()).milliseconds)
      const { median, least, most } = measured(times)
      const bound = bounds[count] ?? Number.NaN
      const verdict = median <= bound ? 'pass' : 'FAIL'
      const figures = `${median.toFixed(1)} ms (${least.toFixed(1)}–${most.toFixed(1)}), ${rowsRead} rows read`
      console.log(`${verdict}  ${count} expenses, a year ${query}: ${figures}; bound: ${bound} ms`)
      if (verdict === 'FAIL') process.exitCode = 1
    }
  }
} finally {
  for (let undo = cleanUp.pop(); undo; undo = cleanUp.pop()) await undo()
}
