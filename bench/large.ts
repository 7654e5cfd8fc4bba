/**
 * `npm run bench:large`: what the requests cost that look at all expenses of a user, for one with 100,000, in
 * milliseconds of database time. Fails where one takes longer than it may.
 */
import { withOutlay } from './outlay.ts'
import type { Person } from './people.ts'
import { seed } from './seed.ts'
import { settings } from './settings.ts'
import { median } from './statistics.ts'

const EXPENSES = 100_000
Object.assign(settings, { users: 4, few: 1, many: EXPENSES })

const ROUNDS = 5

/** Sends a request, and returns how long the database took for it. A 503 took longer than it may. */
const databaseTime = async (url: string, { token }: Person, method: string, path: string, body?: object) => {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
  const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) })
  const answer = await response.text()
  if (response.status === 503) return Number.POSITIVE_INFINITY
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`)
  return Number(/db;dur=(\d+)/.exec(response.headers.get('Server-Timing') ?? '')?.[1])
}

const report = (what: string, times: number[], bound: number) => {
  const found = median(times)
  console.log(`${what}: ${found} ms (${Math.min(...times)}–${Math.max(...times)}), wanted ≤ ${bound}`)
  if (!(found <= bound)) process.exitCode = 1
}

await withOutlay(async (server, databaseUrl) => {
  const { many } = await seed(server.url, databaseUrl)
  const timesOf = async (method: string, path: string, body: (round: number) => object | undefined) => {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      times.push(await databaseTime(server.url, many, method, path, body(round)))
    }
    return times
  }

  report('a search that finds nothing', await timesOf('GET', '/v1/expenses?q=nowhere', () => undefined), 100)
  report('a tag that nothing has', await timesOf('GET', '/v1/expenses?tag=nowhere', () => undefined), 100)
  const days = await timesOf('PATCH', '/v1/users/me', (round) => ({ monthStartDay: 2 + round }))
  report('another start of the month', days, 1000)

  const [destination = '', ...others] = many.categories
  let [from = ''] = others
  for (const to of [...others.slice(1), destination]) {
    const time = await databaseTime(server.url, many, 'DELETE', `/v1/categories/${from}?moveTo=${to}`)
    if (to === destination)
      report(`a merge of ${Math.round((EXPENSES * others.length) / many.categories.length)}`, [time], 1000)
    from = to
  }
})
