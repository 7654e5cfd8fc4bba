/**
 * `npm run bench:login`: whether the time of a refused login tells that a user exists. It tries names that exist and
 * names that do not in turn, and fails where their median times differ by more than MAX_DIFFERENCE. Takes two minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../scripts/migrations.ts'
import { freePort, startSqld } from '../scripts/sqld.ts'
import { register } from './people.ts'
import { api, bundle, serve } from './servers.ts'
import { median } from './statistics.ts'

const TRIES = 60
const MAX_DIFFERENCE = 0.05

/** Of users, so that each fails but a few times: many failures would slow down the next ones. */
const USERS = 20

/** How a name is made of that of a user: the first two exist. */
const kinds: Record<string, (username: string) => string> = {
  username: (username) => username,
  address: (username) => `${username}@example.com`,
  'unknown username': (username) => `no-${username}`,
  'unknown address': (username) => `no-${username}@example.com`,
}

/** Milliseconds that a login with a wrong password takes. */
const timeOf = async (url: string, username: string) => {
  const started = performance.now()
  const response = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: 'not the right one' }),
  })
  await response.arrayBuffer()
  if (response.status !== 401) throw new Error(`A login answered ${response.status}.`)
  return performance.now() - started
}

const measure = async (url: string) => {
  const usernames = Array.from({ length: USERS }, (_, i) => `employee-${i}`)
  for (const username of usernames) await register(url, username)
  const times = new Map(Object.keys(kinds).map((kind): [string, number[]] => [kind, []]))
  for (let i = 0; i < TRIES; i++) {
    for (const [kind, nameOf] of Object.entries(kinds))
      times.get(kind)?.push(await timeOf(url, nameOf(usernames[i % USERS] ?? '')))
  }
  return [...times].map(([kind, all]) => ({ kind, milliseconds: median(all) }))
}

const dataDir = mkdtempSync(join(tmpdir(), 'outlay-login-timing-'))
const sqld = await startSqld(await freePort(), dataDir)
try {
  await migrate(sqld.url)
  const server = await serve('api', api(bundle(dataDir), sqld.url), dataDir)
  const medians = await measure(server.url).finally(() => server.stop())
  for (const { kind, milliseconds } of medians) console.log(`${milliseconds.toFixed(1).padStart(8)} ms  ${kind}`)
  const all = medians.map(({ milliseconds }) => milliseconds)
  const difference = Math.max(...all) / Math.min(...all) - 1
  console.log(
    `The medians of ${TRIES} tries differ by ${(100 * difference).toFixed(1)} %, of at most ${100 * MAX_DIFFERENCE} %.`,
  )
  if (difference > MAX_DIFFERENCE) process.exitCode = 1
} finally {
  await sqld.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
