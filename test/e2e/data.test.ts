import { randomBytes, scryptSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client/http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { api, type Bundle, bundle, serve } from '../../bench/servers.ts'
import { migrate } from '../../scripts/migrations.ts'
import { freePort, startSqld } from '../../scripts/sqld.ts'
import { operations, validateExchange } from '../support/document.ts'
import { install } from './installation.ts'

type Body = Record<string, unknown>

const PASSWORD = 'correct horse battery staple'

/** A hash as the Worker stores it. */
const hashOf = (password: string) => {
  const salt = randomBytes(16)
  const key = scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 5, maxmem: 64 * 1024 * 1024 })
  return `$scrypt$ln=14,r=8,p=5$${[salt, key].map((bytes) => bytes.toString('base64').replaceAll('=', '')).join('$')}`
}

/** What runs during a test, to be ended after it: the last of it first. */
const running: { stop(): unknown }[] = []
let folder: string
let built: Bundle
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outlay-data-'))
  built = bundle(folder)
})
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop()
})
afterAll(() => rmSync(folder, { recursive: true }))

const started = async <T extends { stop(): unknown }>(starting: Promise<T>): Promise<T> => {
  const it = await starting
  running.push(it)
  return it
}

let count = 0
/** An empty database of its own. */
const newDatabase = async () => {
  const { url } = await started(startSqld(await freePort(), join(folder, `database${count++}`)))
  const client = createClient({ url })
  running.push({ stop: () => client.close() })
  return { url, client }
}

/** Somebody who calls the production bundle on this database. */
const callerOn = async (databaseUrl: string) => {
  const { url } = await started(serve(`worker${count++}`, api(built, databaseUrl), folder))
  let token = ''
  const call = async (method: string, path: string, sent?: Body) => {
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }
    const response = await fetch(url + path, { method, headers, body: sent ? JSON.stringify(sent) : null })
    const text = await response.text()
    // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a body, member by member.
    const body: any = text && JSON.parse(text)
    const { pathname } = new URL(response.url)
    validateExchange({
      method,
      path: pathname,
      sent,
      received: body,
      status: response.status,
      headers: response.headers,
    })
    return { status: response.status, body }
  }
  const enter = async (path: string, sent: Body) => {
    const { body } = await call('POST', path, { username: 'amina', password: PASSWORD, ...sent })
    token = body.accessToken
  }
  return {
    call,
    register: () => enter('/v1/auth/register', { email: 'amina@example.com' }),
    logIn: () => enter('/v1/auth/login', {}),
  }
}

type Caller = Awaited<ReturnType<typeof callerOn>>

/** What each of the operations that read what a user keeps answers, by its path. */
const readAll = async ({ call }: Caller, ids: { categories: string; [resource: string]: string }) => {
  const answers: Record<string, Awaited<ReturnType<Caller['call']>>> = {}
  for (const { method, path } of operations) {
    if (method !== 'GET' || !path.startsWith('/v1/') || path.startsWith('/v1/auth/')) continue
    const [, resource = ''] = /^\/v1\/(\w+)/.exec(path) ?? []
    // A state from before there were plans has none.
    if (path.includes('{id}') && !ids[resource]) continue
    const filled = path
      .replace('{id}', ids[resource] ?? '')
      .replace('{month}', '2026-11')
      .replace('{target}', ids.categories)
      .replace(/^\/v1\/months$/, '$&?from=2026-01&to=2026-12')
      .replace(/^\/v1\/occurrences$/, '$&?from=2026-01-01&to=2026-12-31')
      .replace(/^\/v1\/reports\/\w+$/, '$&?by=month&from=2026-01&to=2026-12')
      .replace(/^\/v1\/(expenses|incomes)\/export$/, '$&?format=json')
    const answer = await call('GET', filled)
    // When an export was made, and in which session, differs between two of them.
    if (path.endsWith('/export')) Object.assign(answer.body, { exportedAt: '', sessions: [] })
    answers[path] = answer
  }
  return answers
}

const contentsOf = async (client: Client) => {
  const { rows: tables } = await client.execute(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT GLOB 'sqlite_*'",
  )
  const contents = tables.map(async ({ name }) => {
    const { rows } = await client.execute(`SELECT * FROM "${name}"`)
    return [name, rows.map((row) => JSON.stringify(row)).sort()]
  })
  return Object.fromEntries(await Promise.all(contents))
}

describe('npm run db:backup and npm run db:restore', () => {
  let outlay: Awaited<ReturnType<typeof install>>
  beforeEach(async () => {
    outlay = await install()
  })
  afterEach(() => outlay.remove())

  const run = (script: string, file: string, url: string) =>
    outlay.run('node', [`scripts/${script}.ts`, file], { TURSO_DATABASE_URL: url, TURSO_AUTH_TOKEN: '' })

  /** Adds a migration with what today's schema lacks: a full-text index, which a trigger fills. */
  const addSearch = () => {
    const statements = [
      "CREATE VIRTUAL TABLE drill_search USING fts5(merchant, user_id UNINDEXED, id UNINDEXED, tokenize = 'trigram')",
      `CREATE TRIGGER drill_search_filled AFTER INSERT ON expenses BEGIN
        INSERT INTO drill_search (merchant, user_id, id) VALUES (NEW.merchant, NEW.user_id, NEW.id); END`,
    ]
    const journalPath = join(outlay.folder, 'drizzle/meta/_journal.json')
    const journal = JSON.parse(readFileSync(journalPath, 'utf8'))
    const last = journal.entries.at(-1)
    journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: 'search' })
    writeFileSync(journalPath, JSON.stringify(journal))
    writeFileSync(join(outlay.folder, 'drizzle/search.sql'), statements.join('\n--> statement-breakpoint\n'))
  }

  /** Something of everything, written through the API. */
  const live = async (caller: Caller) => {
    const { call } = caller
    await caller.register()
    const { body: category } = await call('POST', '/v1/categories', { name: 'Déjeuner 🍜' })
    await call('PUT', `/v1/months/2026-11/budgets/${category.id}`, { limit: 2000, rollover: 'full' })
    await call('PUT', '/v1/months/2026-11/budgets/overall', { limit: 1000 })
    const spent = { date: '2026-11-23', merchant: 'Chez Paul', categoryId: category.id, tags: ['"lunch"', 'x'] }
    const { body: expense } = await call('POST', '/v1/expenses', { amount: 1299, ...spent })
    await call('POST', '/v1/expenses', {
      amount: 999_999_999_999,
      currency: 'EUR',
      exchangeRate: '0.0000012345',
      ...spent,
    })
    const { body: deleted } = await call('POST', '/v1/expenses', { amount: 5, note: "a 'note'\nof two lines" })
    await call('DELETE', `/v1/expenses/${deleted.id}`)
    const { body: income } = await call('POST', '/v1/incomes', { amount: 320_000, date: '2026-11-01' })
    const rent = { kind: 'expense', amount: 90_000, start: '2026-11-30', repeat: { every: 1, unit: 'month' } }
    const { body: plan } = await call('POST', '/v1/plans', rent)
    await call('POST', '/v1/tokens', {
      name: 'script',
      scopes: ['read'],
      expiresAt: new Date(Date.now() + 1e6).toISOString(),
    })
    return { categories: category.id, expenses: expense.id, incomes: income.id, plans: plan.id }
  }

  it('bring back in an empty database all that there was, down to the cursors, and refuse any other', async () => {
    addSearch()
    const [source, target] = [await newDatabase(), await newDatabase()]
    expect((await outlay.run('node', ['scripts/migrate.ts'], { TURSO_DATABASE_URL: source.url })).code).toBe(0)
    const [before, after] = [await callerOn(source.url), await callerOn(target.url)]
    const ids = await live(before)
    const contents = await contentsOf(source.client)
    const file = join(outlay.folder, 'outlay.backup')

    const backedUp = await run('backup', file, source.url)
    expect(backedUp, backedUp.output).toMatchObject({ code: 0 })
    const restored = await run('restore', file, target.url)
    expect(restored, restored.output).toMatchObject({ code: 0, output: expect.stringMatching(/^Restored \d+ rows/) })
    expect(await contentsOf(target.client)).toEqual(contents)
    const found = 'SELECT count(*) AS count FROM drill_search WHERE drill_search MATCH \'"hez pau"\''
    expect((await target.client.execute(found)).rows).toMatchObject([{ count: 2 }])
    const triggers = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name"
    expect((await target.client.execute(triggers)).rows).toEqual((await source.client.execute(triggers)).rows)

    for (const caller of [before, after]) await caller.logIn()
    expect(await readAll(after, ids)).toEqual(await readAll(before, ids))
    expect((await after.call('POST', '/v1/expenses', { amount: 1 })).status).toBe(201)

    expect(await run('restore', file, target.url)).toMatchObject({
      code: 1,
      output: expect.stringContaining('not empty'),
    })
    const again = await run('backup', file, source.url)
    expect(again).toEqual({ code: 1, output: expect.stringMatching(/^EEXIST: file already exists, .*\n$/) })
  })

  it('refuse a file that is no backup, and tell of one that is cut off', async () => {
    const { url } = await newDatabase()
    const [source, file] = [await newDatabase(), join(outlay.folder, 'outlay.backup')]
    expect(await run('restore', file, url)).toEqual({ code: 1, output: `There is no ${file}.\n` })
    writeFileSync(file, 'SELECT 1')
    expect(await run('restore', file, url)).toMatchObject({ code: 1, output: expect.stringContaining('is no backup') })
    rmSync(file)
    await migrate(source.url)
    await run('backup', file, source.url)
    truncateSync(file, readFileSync(file).length - 20)
    expect(await run('restore', file, url)).toMatchObject({ code: 1, output: expect.stringContaining('cut off') })
  })
})

describe('a password', () => {
  it('is stored by the production bundle at N = 2^14, r = 8, p = 5', async () => {
    const { url, client } = await newDatabase()
    await migrate(url)
    await (await callerOn(url)).register()
    const { rows } = await client.execute('SELECT password_hash FROM users')
    expect(rows).toEqual([{ password_hash: expect.stringMatching(/^\$scrypt\$ln=14,r=8,p=5\$/) }])
  })
})

describe('the data of each earlier state of the schema', () => {
  const [user, category, expense, deleted, income, plan] = Array.from(
    { length: 6 },
    (_, i) => `01900000-0000-7000-8000-00000000000${i}`,
  )
  const MONTH = 2026 * 12 + 10

  /** What each state could hold: rows as the version of that time wrote them. */
  const states: { count: number; statements: (hash: string) => string[] }[] = [
    {
      count: 2,
      statements: (hash) => [
        `INSERT INTO users (id, username, email, password_hash, currency, time_zone, utc_offset, month_start_day, created_at)
          VALUES ('${user}', 'amina', 'amina@example.com', '${hash}', 'USD', 'UTC', 0, 1, 1)`,
        `INSERT INTO categories (user_id, id, name, name_folded, archived, created_at, updated_at)
          VALUES ('${user}', '${category}', 'Food', 'food', 0, 1, 1)`,
        `INSERT INTO budgets (user_id, target, scope, month, category_id, limit_amount, rollover, alert_percents)
          VALUES ('${user}', '${category}', 'onward', ${MONTH}, '${category}', 1500, 'full', '[80,100]')`,
        `INSERT INTO expenses (user_id, id, amount, currency, date, base_amount, base_currency, category_id, tags, created_at, updated_at)
          VALUES ('${user}', '${expense}', 1299, 'USD', '2026-11-23', 1299, 'USD', '${category}', '["lunch"]', 1, 1),
            ('${user}', '${deleted}', 5, 'USD', '2026-11-23', 5, 'USD', NULL, '[]', 1, 1)`,
        `UPDATE expenses SET deleted_at = 2 WHERE id = '${deleted}'`,
        `INSERT INTO incomes (user_id, id, amount, currency, date, created_at, updated_at)
          VALUES ('${user}', '${income}', 320000, 'USD', '2026-11-01', 1, 1)`,
        `INSERT INTO alerts (user_id, id, target, month, percent, read, created_at)
          VALUES ('${user}', '${expense}', '${category}', ${MONTH}, 80, 0, 1)`,
      ],
    },
    // Migrations 0003 and 0006 to 0009 added nothing to these rows that has no default; 0004 added plans, and foreign
    // incomes; 0005 what a search compares of plans.
    ...[3, 4, 5, 6, 7, 8, 9].map((count) => ({
      count,
      statements: (hash: string) => [
        `INSERT INTO users (id, username, email, password_hash, currency, time_zone, utc_offset, month_start_day, created_at,
            revision, settings_revision, total_spent, total_earned)
          VALUES ('${user}', 'amina', 'amina@example.com', '${hash}', 'USD', 'UTC', 0, 1, 1, 7, 1, 1299, 320000)`,
        `INSERT INTO categories (user_id, id, name, name_folded, archived, created_at, updated_at, revision)
          VALUES ('${user}', '${category}', 'Food', 'food', 0, 1, 1, 2)`,
        `INSERT INTO budgets (user_id, target, scope, month, category_id, limit_amount, rollover, alert_percents, revision)
          VALUES ('${user}', '${category}', 'onward', ${MONTH}, '${category}', 1500, 'full', '[80,100]', 3)`,
        `INSERT INTO expenses (user_id, id, amount, currency, date, base_amount, base_currency, category_id, tags, created_at,
            updated_at, deleted_at, revision)
          VALUES ('${user}', '${expense}', 1299, 'USD', '2026-11-23', 1299, 'USD', '${category}', '["lunch"]', 1, 1, NULL, 4),
            ('${user}', '${deleted}', 5, 'USD', '2026-11-23', 5, 'USD', NULL, '[]', 1, 1, 2, 6)`,
        ...(count < 5
          ? [
              `INSERT INTO incomes (user_id, id, amount, currency, date, created_at, updated_at, revision)
          VALUES ('${user}', '${income}', 320000, 'USD', '2026-11-01', 1, 1, 7)`,
            ]
          : [
              `INSERT INTO incomes (user_id, id, amount, currency, date, base_amount, base_currency, created_at, updated_at, revision)
          VALUES ('${user}', '${income}', 320000, 'USD', '2026-11-01', 320000, 'USD', 1, 1, 7)`,
              `INSERT INTO plans (user_id, id, kind, amount, currency, base_amount, base_currency, merchant, tags, start, post,
                created_at, updated_at, revision)
          VALUES ('${user}', '${plan}', 'expense', 900, 'USD', 900, 'USD', 'Landlord', '[]', '2026-11-30', 'confirm', 1, 1, 7)`,
              `INSERT INTO plan_exceptions (user_id, plan_id, due, note, skipped)
          VALUES ('${user}', '${plan}', '2026-11-30', 'Flat 4', 0)`,
            ]),
        ...(count < 6
          ? []
          : [`UPDATE plans SET merchant_folded = 'landlord'`, `UPDATE plan_exceptions SET note_folded = 'flat 4'`]),
        `INSERT INTO budget_lines (user_id, target, month, spent, limit_amount, rollover, alert_percents, scope, set_in, carried_in)
          VALUES ('${user}', 'overall', ${MONTH}, 1299, NULL, NULL, NULL, NULL, NULL, 0),
            ('${user}', 'income', ${MONTH}, 320000, NULL, NULL, NULL, NULL, NULL, 0),
            ('${user}', '${category}', ${MONTH}, 1299, 1500, 'full', '[80,100]', 'onward', ${MONTH}, 0)`,
        `INSERT INTO alerts (user_id, id, target, month, percent, read, created_at)
          VALUES ('${user}', '${expense}', '${category}', ${MONTH}, 80, 0, 1)`,
      ],
    })),
  ]

  it.each(states)('after $count migrations is read by every route, once all are applied', async (state) => {
    const { url, client } = await newDatabase()
    await migrate(url, { count: state.count })
    await client.batch(state.statements(hashOf(PASSWORD)), 'write')
    await migrate(url)

    const caller = await callerOn(url)
    await caller.logIn()
    const answers = await readAll(caller, {
      categories: category ?? '',
      expenses: expense ?? '',
      incomes: income ?? '',
      ...(state.count >= 5 && { plans: plan ?? '' }),
    })
    const failed = Object.entries(answers).filter(([, { status }]) => status !== 200)
    expect(failed).toEqual([])
    expect(answers['/v1/months/{month}']?.body).toMatchObject({
      income: 320_000,
      spent: 1299,
      categories: [{ target: category, spent: 1299, available: 201, state: 'alert' }],
    })
    const changes: { type: string; id: string; deleted: boolean }[] = answers['/v1/changes']?.body.changes
    expect(changes.map(({ type, deleted: isDeleted }) => `${type} ${isDeleted}`).toSorted()).toEqual(
      [
        ...['budget false', 'category false', 'expense false', 'expense true', 'income false', 'user false'],
        ...(state.count < 5 ? [] : ['plan false']),
      ].toSorted(),
    )
    expect((await client.execute('PRAGMA foreign_key_check')).rows).toEqual([])
    expect((await client.execute('PRAGMA integrity_check')).rows).toMatchObject([{ integrity_check: 'ok' }])
  })

  it('is there for each but the newest, which the other tests have', async () => {
    const { url } = await newDatabase()
    const earlier = (await migrate(url)).slice(1, -1).map((_, i) => i + 2)
    expect(states.map((state) => state.count)).toEqual(expect.arrayContaining(earlier))
  })
})
