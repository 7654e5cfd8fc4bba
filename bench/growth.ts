/**
 * `node bench/growth.ts`: what the month view and the verdict of a write cost a user with 1,000 expenses over ten years,
 * and one with 1,000,000, both with `full` rollover on ten categories and on everything. Fails where the second cost
 * is more than twice the first. It runs the real thing, on a database of its own in a temporary folder, and takes some
 * ten minutes, most of them to record the million; `MANY` makes it another number.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient } from '@libsql/client/http'
import { root } from '../scripts/root.ts'
import { end, freePort } from '../scripts/sqld.ts'

const FEW = 1000
const MANY = Number(process.env.MANY ?? 1_000_000)
const REQUESTS = 300
const BOUND = 2
/** How often the server may ask for another try. */
const PATIENCE = 20
const FIRST_MONTH = '2016-12'
const MONTH = '2026-11'

type Json = Record<string, never>
type User = { id: string; send(method: string, path: string, body?: object): Promise<{ body: Json; cost: number }> }

/** Milliseconds that the server spent on the database, as it tells itself. */
const costOf = (response: Response) => Number(/dur=(\d+)/.exec(response.headers.get('Server-Timing') ?? '')?.[1])

/** How often it has. */
let refused = 0

const register = async (url: string, username: string): Promise<User> => {
  const call = async (
    method: string,
    path: string,
    body?: object,
    token?: string,
  ): Promise<{ body: Json; cost: number }> => {
    const response = await fetch(url + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Json
    if (response.status === 503 && refused++ < PATIENCE) {
      await pause(1000 * Number(response.headers.get('Retry-After')))
      return call(method, path, body, token)
    }
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
    return { body: answer, cost: costOf(response) }
  }
  const user = { username, email: `${username}@example.com`, password: 'correct horse battery staple' }
  const { body } = await call('POST', '/v1/auth/register', user)
  const { accessToken, user: made } = body as unknown as { accessToken: string; user: { id: string } }
  return { id: made.id, send: (method, path, sent) => call(method, path, sent, accessToken) }
}

/** Ten years of expenses, spread over the days and the categories, recorded as the API would record them. */
const seed = async (client: Client, { id }: User, categories: string[], count: number) => {
  const CHUNK = 20_000
  for (let from = 0; from < count; from += CHUNK) {
    await client.execute({
      sql: `INSERT INTO expenses (user_id, id, amount, currency, date, created_at, updated_at, base_amount, base_currency,
          category_id, tags)
        WITH RECURSIVE n (i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
        SELECT ?, printf('01900000-0000-7000-8000-%012x', i), 1 + i % 97, 'USD', date('2016-12-01', (i * 7 % 3650) || ' days'),
          1, 1, 1 + i % 97, 'USD', json_extract(?, '$[' || (i % ?) || ']'), '[]' FROM n`,
      args: [
        BigInt(from),
        BigInt(Math.min(from + CHUNK, count)),
        id,
        JSON.stringify(categories),
        BigInt(categories.length),
      ],
    })
  }
}

const prepare = async (url: string, client: Client, name: string, count: number) => {
  const user = await register(url, name)
  const { body } = await user.send('GET', '/v1/categories')
  const categories = (body as unknown as { data: { id: string }[] }).data.map((category) => category.id)
  for (const target of [...categories, 'overall'])
    await user.send('PUT', `/v1/months/${FIRST_MONTH}/budgets/${target}`, { limit: 100_000, rollover: 'full' })
  await seed(client, user, categories, count)
  return { user, category: categories[0] }
}

const median = (figures: number[]) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0
const mean = (figures: number[]) => figures.reduce((sum, figure) => sum + figure, 0) / figures.length

type Prepared = Awaited<ReturnType<typeof prepare>>
const MEASURED: Record<string, (prepared: Prepared) => Promise<{ cost: number }>> = {
  'the month view': ({ user }) => user.send('GET', `/v1/months/${MONTH}`),
  'a write and its verdict': ({ user, category }) =>
    user.send('POST', '/v1/expenses', { amount: 1, date: `${MONTH}-15`, categoryId: category }),
}

/** Has both users do the same in turn, so that what disturbs the machine disturbs both. */
const compare = async (name: string, few: Prepared, many: Prepared) => {
  const costs: [number[], number[]] = [[], []]
  const walls: [number[], number[]] = [[], []]
  for (let i = 0; i < REQUESTS; i++) {
    for (const [which, prepared] of [few, many].entries()) {
      const started = performance.now()
      const answer = await MEASURED[name]?.(prepared)
      walls[which]?.push(performance.now() - started)
      costs[which]?.push(answer?.cost ?? 0)
    }
  }
  const ratio = mean(costs[1]) / mean(costs[0])
  const figures = [0, 1].map(
    (which) =>
      `${mean(costs[which] ?? []).toFixed(1)} ms in the database, ${median(walls[which] ?? []).toFixed(1)} in all`,
  )
  console.log(`${name}: ${figures.join('; ')}: ${ratio.toFixed(2)} times`)
  return ratio
}

const dataDir = mkdtempSync(join(tmpdir(), 'outlay-bench-'))
const [port, databasePort] = [await freePort(), await freePort()]
const env = { ...process.env, PORT: String(port), DB_PORT: String(databasePort), DATA_DIR: dataDir }
const server = spawn(process.execPath, [join(root, 'scripts/dev.ts')], { cwd: root, env, stdio: 'ignore' })
try {
  const url = `http://localhost:${port}`
  while (!(await fetch(`${url}/readyz`).catch(() => null))?.ok) await pause(200)
  const client = createClient({ url: `http://127.0.0.1:${databasePort}` })
  const started = performance.now()
  const [few, many] = [await prepare(url, client, 'few', FEW), await prepare(url, client, 'many', MANY)]
  console.log(`${FEW} and ${MANY} expenses, recorded in ${Math.round((performance.now() - started) / 1000)} s`)
  const ratios: number[] = []
  for (const name of Object.keys(MEASURED)) ratios.push(await compare(name, few, many))
  const { cost } = await many.user.send('PATCH', '/v1/users/me', { monthStartDay: 25 })
  console.log(`another start of the month, with ${MANY} expenses: ${cost} ms; tries that got a 503: ${refused}`)
  if (ratios.some((ratio) => ratio > BOUND)) process.exitCode = 1
} finally {
  await end(server)
  rmSync(dataDir, { recursive: true, force: true })
}
