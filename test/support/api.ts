import { env, exports } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { vi } from 'vitest'
import type { Env } from '../../src/config.ts'
import worker from '../../src/index.ts'
import { newId } from '../../src/shared/ids.ts'
import { write } from './database.ts'
import { validateExchange } from './document.ts'

export type Answer = {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a body, member by member.
  body: any
}

export type SendOptions = {
  headers?: Record<string, string>
  rawBody?: string | Uint8Array<ArrayBuffer> | ReadableStream
}

const ORIGIN = 'https://outlay.example'
const isJson = (headers: Headers) => /\bjson\b/.test(headers.get('Content-Type') ?? '')

const bodyOf = async (response: Response) => {
  const text = await response.text()
  if (text === '') return undefined
  return isJson(response.headers) ? JSON.parse(text) : text
}

/** A name that nobody else has. */
export const newName = () => `u${newId().replaceAll('-', '').slice(6, 32)}`

/** A caller of the API, with a token or without. Every answer that it gets is held against the document. */
export class Caller {
  readonly token: string | undefined
  /** Where the Worker is to run with another configuration than that of the tests. */
  readonly settings: Partial<Env> | undefined

  constructor(token?: string, settings?: Partial<Env>) {
    this.token = token
    this.settings = settings
  }

  /** The same caller, at a Worker with other settings, which has done by the time it answers what it does after that. */
  at(settings: Partial<Env>) {
    return new Caller(this.token, settings)
  }

  async send(method: string, path: string, body?: unknown, { headers = {}, rawBody }: SendOptions = {}) {
    const request = new Request(`${ORIGIN}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        // An address that nobody else has: a quick machine logs in more often in a minute than one address may.
        'CF-Connecting-IP': newName(),
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: rawBody ?? (body === undefined ? null : JSON.stringify(body)),
    })
    const after: Promise<unknown>[] = []
    const context = {
      waitUntil: (work: Promise<unknown>) => void after.push(work),
      passThroughOnException: () => undefined,
      props: {},
    }
    const response = await (this.settings
      ? worker.fetch(request, { ...env, ...this.settings }, context)
      : exports.default.fetch(request))
    const answer: Answer = { status: response.status, headers: response.headers, body: await bodyOf(response) }
    await Promise.all(after)
    validateExchange({ method, path: new URL(request.url).pathname, sent: body, received: answer.body, ...answer })
    return answer
  }

  get = (path: string, options?: SendOptions) => this.send('GET', path, undefined, options)
  post = (path: string, body?: unknown, options?: SendOptions) => this.send('POST', path, body, options)
  put = (path: string, body?: unknown, options?: SendOptions) => this.send('PUT', path, body, options)
  patch = (path: string, body?: unknown, options?: SendOptions) => this.send('PATCH', path, body, options)
  delete = (path: string, options?: SendOptions) => this.send('DELETE', path, undefined, options)
}

export const PASSWORD = 'correct horse battery staple'

/** What a write answers, without the verdict that rides along. */
export const withoutVerdict = ({ budget: _, ...resource }: Answer['body']) => resource

/** An import of these lines of a file with a day, an amount and an id. */
export const importOf = (lines: string) => ({
  csv: `Date,Amount,Id\n${lines}\n`,
  mapping: {
    date: { column: 'Date', format: 'YYYY-MM-DD' },
    amount: { column: 'Amount', decimal: '.', sign: 'expensesNegative' },
    externalId: 'Id',
  },
})

/** What a list or a batch answers of an item, without its tag. */
export const withoutTag = ({ etag: _, ...resource }: Answer['body']) => resource

/** An employee who has registered and is logged in. */
export class Employee extends Caller {
  // biome-ignore lint/suspicious/noExplicitAny: as in Answer.
  readonly session: any

  constructor(session: Answer['body']) {
    super(session.accessToken)
    this.session = session
  }

  get user() {
    return this.session.user
  }

  /** Another session of the same employee. */
  async logInAgain() {
    const { body } = await anyone.post('/v1/auth/login', { username: this.user.username, password: PASSWORD })
    return new Employee(body)
  }

  /** Makes an API token, and returns it with what the API says of it. */
  async makesToken(token: object = {}) {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const { status, body } = await this.post('/v1/tokens', { name: 'script', scopes: ['read'], expiresAt, ...token })
    if (status !== 201) throw new Error(`The token answered ${status}: ${JSON.stringify(body)}`)
    return body
  }

  /** A script of the employee's, with an API token of these scopes. */
  async script(...scopes: string[]) {
    return new Caller((await this.makesToken({ scopes })).token)
  }

  /** Records an expense, and returns it. */
  async spends(expense: object = {}) {
    const { body } = await this.post('/v1/expenses', { amount: 1299, date: '2026-11-23', ...expense })
    return withoutVerdict(body)
  }

  /** Records something at `path` and deletes it, and returns its id. */
  async deletes(path: '/v1/expenses' | '/v1/incomes' | '/v1/plans') {
    const thing = path === '/v1/plans' ? { kind: 'expense', start: '2026-11-30' } : { date: '2026-11-23' }
    const { body } = await this.post(path, { amount: 1299, ...thing })
    await this.delete(`${path}/${body.id}`)
    return body.id
  }

  /** Makes a category, and returns it. */
  async sorts(category: object = {}) {
    const { body } = await this.post('/v1/categories', { name: newName(), ...category })
    return body
  }

  /** Sets a limit, and returns the path of the budget. */
  async limits(target: string, budget: object = {}, month = '2026-11') {
    const path = `/v1/months/${month}/budgets/${target}`
    const { status, body } = await this.put(path, { limit: 40_000, ...budget })
    if (status > 201) throw new Error(`The budget answered ${status}: ${JSON.stringify(body)}`)
    return path
  }

  /** Overspends the limit of a category, and returns the alert. */
  async overspends() {
    const { id } = await this.sorts()
    await this.limits(id, { limit: 1, alertPercents: [100] }, '2026-01')
    await this.spends({ categoryId: id })
    const { body } = await this.get('/v1/alerts?limit=1')
    return body.data[0]
  }

  /** Records an income, and returns it. */
  async earns(income: object = {}) {
    const { body } = await this.post('/v1/incomes', { amount: 320_000, date: '2026-11-23', ...income })
    return body
  }

  /** Imports an expense, and returns what is answered. */
  async imports() {
    const { status, body } = await this.post('/v1/imports', importOf(`2026-11-23,-12.99,${newId()}`))
    if (status !== 201) throw new Error(`The import answered ${status}: ${JSON.stringify(body)}`)
    return body
  }

  /** Plans an expense of every month, and returns the plan. */
  async plans(plan: object = {}) {
    const repeat = { every: 1, unit: 'month' }
    const sent = { kind: 'expense', amount: 90_000, start: '2026-11-30', repeat, ...plan }
    const { status, body } = await this.post('/v1/plans', sent)
    if (status !== 201) throw new Error(`The plan answered ${status}: ${JSON.stringify(body)}`)
    return body
  }
}

/** A caller who is not logged in. */
export const anyone = new Caller()

const LAST_INSTANT = Date.parse('2199-12-31T00:00:00Z')

/** Registers a new employee, with these settings. */
export const employee = async (settings: object = {}) => {
  const username = newName()
  const registration = { username, email: `${username}@example.com`, password: PASSWORD, ...settings }
  const { status, body } = await anyone.post('/v1/auth/register', registration)
  if (status !== 201) throw new Error(`Registration answered ${status}: ${JSON.stringify(body)}`)
  // The job that deletes ended sessions may run in another test, by the real clock.
  if (vi.isFakeTimers())
    await write(sql`UPDATE sessions SET expires_at = ${LAST_INSTANT} WHERE user_id = ${body.user.id}`)
  return new Employee(body)
}

export { newId }
