/** Clients that write while the database fails, and note what they were told. */
import { setTimeout as pause } from 'node:timers/promises'
import { v7 } from 'uuid'
import type { Person } from './people.ts'

/** How long an answer may take, in milliseconds, and how long a client waits for one that takes longer. */
const MAX_ANSWER_MS = 8000
const CLIENT_TIMEOUT_MS = 60_000
const MAX_RECOVERY_MS = 30_000
/** How often a write is sent at most, until it is answered with success. */
const MAX_TRIES = 30
/** How long a writer rests between two writes, in milliseconds. */
const REST_MS = 25
/** A client that disconnects does so within so many milliseconds. */
const MAX_STAY_MS = 40

/** A write, by the text that each of its rows has as its merchant or source. */
export type Write = { marker: string; userId: string; rows: number; isAcknowledged: boolean }

/** What the clients of one scenario have seen. */
export type Account = {
  writes: Write[]
  /** How often each status was answered. */
  statuses: Map<number, number>
  /** How long the answers took, in milliseconds. */
  times: number[]
  /** What no client should see. */
  complaints: Set<string>
}

export const newAccount = (): Account => ({ writes: [], statuses: new Map(), times: [], complaints: new Set() })

export type Request = { method: string; path: string; body?: object; headers?: Record<string, string> }

/** What is wrong with an answer that tells of a failure. */
const faultOf = (response: Response, body: string): string | undefined => {
  if (response.headers.get('Content-Type') !== 'application/problem+json') return `is no problem document: ${body}`
  const problem = JSON.parse(body) as Record<string, unknown>
  const missing = ['type', 'title', 'detail', 'instance', 'code', 'requestId'].find((name) => !problem[name])
  if (missing || problem.status !== response.status) return `is half a problem document: ${body}`
  if (response.status !== 503) return `is none of a database that fails: ${body}`
  return Number(response.headers.get('Retry-After')) > 0 ? undefined : 'does not say when to try again'
}

/** Sends a request, notes the answer, and returns it; nothing if the client has left before it came. */
const ask = async (account: Account, url: string, person: Person, request: Request, leave?: AbortSignal) => {
  const { method, path, body, headers } = request
  const began = performance.now()
  try {
    const response = await fetch(url + path, {
      method,
      headers: { Authorization: `Bearer ${person.token}`, 'Content-Type': 'application/json', ...headers },
      signal: leave ?? AbortSignal.timeout(CLIENT_TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const took = performance.now() - began
    account.times.push(took)
    account.statuses.set(response.status, (account.statuses.get(response.status) ?? 0) + 1)
    const fault = response.ok ? undefined : faultOf(response, text)
    if (fault) account.complaints.add(`The answer to ${method} ${path} ${fault}`)
    if (took > MAX_ANSWER_MS) account.complaints.add(`${method} ${path} took ${took.toFixed(0)} ms`)
    return response
  } catch (error) {
    if (!leave) account.complaints.add(`${method} ${path} was not answered: ${error}`)
    return undefined
  }
}

type Kind = (marker: string, date: string) => Request & { rows: number }

const POST = { method: 'POST', rows: 1 }

/** The kinds of writes, which take turns. Without a key, a POST is sent once only. */
const KINDS: Kind[] = [
  (merchant, date) => ({ ...POST, path: '/v1/expenses', body: { amount: 7, date, merchant } }),
  (source, date) => ({ ...POST, path: '/v1/incomes', body: { amount: 11, date, source }, headers: newKey() }),
  (merchant, date) => ({ ...POST, path: '/v1/expenses', body: { amount: 13, date, merchant }, headers: newKey() }),
  (merchant, date) => ({
    method: 'PUT',
    path: `/v1/expenses/${v7()}`,
    body: { amount: 17, date, merchant },
    headers: newKey(),
    rows: 1,
  }),
  (merchant, date) => ({
    method: 'POST',
    path: '/v1/expenses/batch',
    body: { put: [1, 2, 3, 4, 5].map((amount) => ({ id: v7(), amount, date, merchant })) },
    headers: newKey(),
    rows: 5,
  }),
]

const newKey = () => ({ 'Idempotency-Key': v7() })

type Client = { account: Account; url: string; person: Person; isOver: () => boolean }

/** Sends a request and disconnects. Every other one that has a key is then to be sent again. */
const sendAndLeave = async ({ account, url, person }: Client, request: Request, write: Write) => {
  const leave = AbortSignal.timeout(Math.ceil(Math.random() * MAX_STAY_MS))
  write.isAcknowledged = (await ask(account, url, person, request, leave))?.ok ?? false
  return !write.isAcknowledged && request.headers !== undefined && account.writes.length % 2 === 0
}

/** Sends a request until it is answered with success; without a key, once. */
const sendUntilDone = async ({ account, url, person }: Client, request: Request, write: Write) => {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const response = await ask(account, url, person, request)
    write.isAcknowledged = response?.ok ?? false
    if (write.isAcknowledged || !request.headers) return
    await pause(1000 * Number(response?.headers.get('Retry-After') ?? 1))
  }
  account.complaints.add(`${request.method} ${request.path} was not done in ${MAX_TRIES} tries`)
}

/** Writes until it is over, each write until it is done. With `leaves`, the client disconnects first. */
export const writeUntilOver = async (client: Client, name: string, leaves: boolean) => {
  // Not all begin with the same kind.
  const first = Math.floor(Math.random() * KINDS.length)
  for (let i = first; !client.isOver(); i++) {
    const marker = `${name}-${i}`
    const date = `2026-${String(1 + (i % 12)).padStart(2, '0')}-11`
    const { rows, ...request } = (KINDS[i % KINDS.length] as Kind)(marker, date)
    const write: Write = { marker, userId: client.person.id, rows, isAcknowledged: false }
    client.account.writes.push(write)
    if (!leaves || (await sendAndLeave(client, request, write))) await sendUntilDone(client, request, write)
    await pause(REST_MS)
  }
}

/** Sends one request until it is over, which nothing should keep from its answer. */
export const sendUntilOver = async ({ account, url, person, isOver }: Client, request: Request) => {
  while (!isOver()) {
    const response = await ask(account, url, person, request)
    if (response && !response.ok) account.complaints.add(`A neighbour's ${request.path} answered ${response.status}`)
    await pause(REST_MS)
  }
}

/** Tries what takes the write lock and changes nothing until that works, and returns how long it took, in milliseconds. */
export const recovery = async (url: string, person: Person): Promise<number> => {
  const began = performance.now()
  const dryRun = { method: 'POST', path: '/v1/expenses?dryRun=true', body: { amount: 1, date: '2026-11-01' } }
  while (!(await ask(newAccount(), url, person, dryRun))?.ok) {
    if (performance.now() - began > MAX_RECOVERY_MS) throw new Error('The server does not recover.')
    await pause(50)
  }
  return performance.now() - began
}
