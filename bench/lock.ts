/**
 * `npm run bench:lock`: what a colleague's writes wait while one user sends the most expensive writes that there are, on
 * four connections: batches, and dry runs of them, that touch a hundred lines with rollover, in 2199 and in 1970, where
 * each line is followed by 2,759 months with money. Their quotas hold. Fails where the 95th percentile of a minute is over
 * three times the quiet one.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@libsql/client/http'
import { v7 } from 'uuid'
import { migrate } from '../scripts/migrations.ts'
import { freePort, startSqld } from '../scripts/sqld.ts'
import { call, type Person, register } from './people.ts'
import { api, bundle, serve } from './servers.ts'
import { percentile } from './statistics.ts'

const CONNECTIONS = 4
const CATEGORIES = 100
const MAX_RATIO = 3
/** Quotas are of a minute of the clock: the attack has what it may do in one. */
const MINUTE_MS = 60_000
/** The colleague stays within the quota of 1,000 writes a minute, too. */
const COLLEAGUE_PAUSE_MS = 100

const dataDir = mkdtempSync(join(tmpdir(), 'outlay-lock-'))

type Status = Record<number, number>

/** Sends a request, whatever comes back, and notes the status. */
const send = async (url: string, { token }: Person, path: string, body: object, statuses: Status) => {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
  const { status } = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  statuses[status] = (statuses[status] ?? 0) + 1
}

const inFuture = { path: '/v1/expenses/batch', date: '2199-12-01' }
const ATTACKS = [
  inFuture,
  { ...inFuture, path: `${inFuture.path}?dryRun=true` },
  { ...inFuture, date: '1970-01-02' },
  { path: `${inFuture.path}?dryRun=true`, date: '1970-01-02' },
]

/** Gives the user a limit with rollover on each of many categories since 1970, and money in every month since. */
const prepare = async (url: string, databaseUrl: string, attacker: Person) => {
  for (let i = attacker.categories.length; i < CATEGORIES; i++) {
    const made = await call(url, 'POST', '/v1/categories', { name: `Category ${i}` }, attacker.token)
    attacker.categories.push(((await made.json()) as { id: string }).id)
  }
  for (const category of attacker.categories) {
    const limit = { limit: 1000, rollover: 'full' }
    await call(url, 'PUT', `/v1/months/1970-01/budgets/${category}`, limit, attacker.token)
  }
  const client = createClient({ url: databaseUrl })
  await client.execute({
    sql: `INSERT INTO budget_lines
        (user_id, target, month, spent, limit_amount, rollover, alert_percents, scope, set_in, carried_in)
      WITH RECURSIVE later (target, month) AS (
        SELECT target, month + 1 FROM budget_lines WHERE user_id = ?1 AND month = 1970 * 12
        UNION ALL SELECT target, month + 1 FROM later WHERE month < 2199 * 12 + 11
      )
      SELECT user_id, target, later.month, 0, limit_amount, rollover, alert_percents, scope, set_in,
        limit_amount * (later.month - set_in)
      FROM later JOIN budget_lines AS first USING (target) WHERE user_id = ?1 AND first.month = 1970 * 12
      ON CONFLICT DO NOTHING`,
    args: [attacker.id],
  })
  const { rows } = await client.execute({
    sql: 'SELECT count(*) AS lines FROM budget_lines WHERE user_id = ?',
    args: [attacker.id],
  })
  console.log(`${rows[0]?.lines} lines of the attacker`)
}

/** Waits until a minute begins, and returns when it ends. */
const nextMinute = async () => {
  await pause(MINUTE_MS - (Date.now() % MINUTE_MS))
  return Date.now() + MINUTE_MS
}

/** Does something again and again until `end`, and tells how long each took, in milliseconds. */
const repeat = async (end: number, pauseMs: number, work: (i: number) => Promise<void>) => {
  const times: number[] = []
  while (Date.now() < end) {
    const began = performance.now()
    await work(times.length)
    times.push(performance.now() - began)
    await pause(pauseMs)
  }
  return times
}

const cleanUp: (() => unknown)[] = [() => rmSync(dataDir, { recursive: true, force: true })]
try {
  const sqld = await startSqld(await freePort(), dataDir)
  cleanUp.push(() => sqld.stop())
  await migrate(sqld.url)
  const server = await serve('api', api(bundle(dataDir), sqld.url, true), dataDir)
  cleanUp.push(() => server.stop())
  const colleague = await register(server.url, 'colleague')
  const attacker = await register(server.url, 'attacker')
  await prepare(server.url, sqld.url, attacker)

  const post = (end: number, statuses: Status) =>
    repeat(end, COLLEAGUE_PAUSE_MS, () =>
      send(server.url, colleague, '/v1/expenses', { amount: 100, date: '2026-11-01' }, statuses),
    )
  const attack = (end: number, statuses: Status) =>
    repeat(end, 0, async (i) => {
      const { path, date } = ATTACKS[i % ATTACKS.length] ?? inFuture
      const put = attacker.categories.map((categoryId) => ({ id: v7(), amount: 1, date, categoryId }))
      await send(server.url, attacker, path, { put, delete: [] }, statuses)
    })

  const [calm, busy, sent]: Status[] = [{}, {}, {}]
  const quiet = percentile(await post(await nextMinute(), calm ?? {}), 0.95)
  const end = await nextMinute()
  const attacks = Array.from({ length: CONNECTIONS }, () => attack(end, sent ?? {}))
  const attacked = percentile(await post(end, busy ?? {}), 0.95)
  const took = (await Promise.all(attacks)).flat()
  const ratio = attacked / quiet
  console.log(`quiet: p95 ${quiet.toFixed(1)} ms, ${JSON.stringify(calm)}`)
  console.log(`attacked: p95 ${attacked.toFixed(1)} ms, ${JSON.stringify(busy)}`)
  console.log(`the attack: p95 ${percentile(took, 0.95).toFixed(0)} ms, ${JSON.stringify(sent)}`)
  console.log(`ratio ${ratio.toFixed(1)}, wanted ≤ ${MAX_RATIO}`)
  if (ratio > MAX_RATIO) process.exitCode = 1
} finally {
  for (let undo = cleanUp.pop(); undo; undo = cleanUp.pop()) await undo()
}
