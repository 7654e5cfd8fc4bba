/**
 * `npm run bench:neighbours`: how long a user waits for an expense while others log in, against how long when nobody
 * does. It takes under a minute, and fails where the bound is not met. See also run.ts.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { withOutlay } from './outlay.ts'
import { call, PASSWORD, type Person, register } from './people.ts'
import { percentile } from './statistics.ts'

const PHASE_MS = 8000
const LOGINS_IN_FLIGHT = 50
/** How many times as long as when it is quiet the reader may wait, at the 99th percentile. */
const BOUND = 5

/** Reads an expense over and over, and returns how long each took, in milliseconds. */
const read = async (url: string, path: string, { token }: Person) => {
  const times: number[] = []
  const end = performance.now() + PHASE_MS
  while (performance.now() < end) {
    const started = performance.now()
    await call(url, 'GET', path, undefined, token)
    times.push(performance.now() - started)
  }
  return times
}

/** Logs in over and over until `signal`. One that is refused is sent again after the seconds that it is told to wait. */
const keepLoggingIn = async (url: string, username: string, signal: AbortSignal, answers: Record<number, number>) => {
  while (!signal.aborted) {
    const response = await fetch(`${url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password: PASSWORD }),
    })
    await response.arrayBuffer()
    answers[response.status] = (answers[response.status] ?? 0) + 1
    const seconds = Number(response.headers.get('Retry-After') ?? 0)
    if (seconds > 0) await pause(seconds * 1000, undefined, { signal }).catch(() => {})
  }
}

await withOutlay(async ({ url }) => {
  const people: Person[] = []
  for (let i = 0; i <= LOGINS_IN_FLIGHT; i++) people.push(await register(url, `user${i}`))
  const [reader, ...others] = people
  if (!reader) throw new Error('There is nobody to read.')
  const created = await call(url, 'POST', '/v1/expenses', { amount: 1299 }, reader.token)
  const path = created.headers.get('Location') ?? ''

  await read(url, path, reader)
  const quiet = await read(url, path, reader)
  const controller = new AbortController()
  const answers: Record<number, number> = {}
  const logins = others.map(({ username }) => keepLoggingIn(url, username, controller.signal, answers))
  const busy = await read(url, path, reader)
  controller.abort()
  await Promise.all(logins)

  const [before, during] = [percentile(quiet, 0.99), percentile(busy, 0.99)]
  console.log(
    `p50 of a reader: ${percentile(quiet, 0.5).toFixed(1)} ms quiet, ${percentile(busy, 0.5).toFixed(1)} ms with ${LOGINS_IN_FLIGHT} logins in flight`,
  )
  console.log(
    `p99 of a reader: ${before.toFixed(1)} ms quiet, ${during.toFixed(1)} ms with them: ${(during / before).toFixed(1)} times as long (bound: ${BOUND})`,
  )
  console.log(`Reads: ${quiet.length} quiet, ${busy.length} with them. Logins, by status: ${JSON.stringify(answers)}`)
  if (during > BOUND * before) process.exitCode = 1
})
