/**
 * All that the benchmark knows of the tables: how they are filled, and what the bare Worker asks of them. It is the one
 * file to change along with the schema.
 */
import { type Client, createClient, type InValue } from '@libsql/client/http'
import { toMonthName, toMonthNumber } from '../src/shared/calendar.ts'
import { call, type Person, register } from './people.ts'
import { settings } from './settings.ts'

/** The month that everything is about, the current one, and the first of those that have expenses and limits. */
export const MONTH = new Date().toISOString().slice(0, 7)
export const MONTHS = 120
const FIRST_MONTH = toMonthName(toMonthNumber(MONTH) - MONTHS + 1)
/** The first and the last day on which something is planned. */
export const PLANNED = [`${FIRST_MONTH}-01`, `${FIRST_MONTH}-28`] as const
/** So high that no alert is ever due. */
const LIMIT = 100_000_000
/** How many rows are inserted at once. */
const CHUNK = 20_000
/** The expense that is read by its id. Nothing writes it, or its ETag would be another one: see `another`. */
const READ = 0

/** The id that the expense `i` of any user has. */
export const expenseId = (i: number) => `01900000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`

const MILLISECONDS_A_DAY = 86_400_000
const DAYS = Math.floor((Date.now() - Date.parse(`${FIRST_MONTH}-01`)) / MILLISECONDS_A_DAY) + 1

/**
 * The expense `i` of `count`, by column: spread over ten years in the order of the ids, and over the categories.
 * What is not here has its default. ?1 is the user, ?2 and ?3 the first `i` and the one after the last, ?4 `count`, ?5
 * the ids of the categories as JSON.
 */
const EXPENSE: Record<string, string> = {
  user_id: '?1',
  id: "printf('01900000-0000-7000-8000-%012x', i)",
  amount: '1 + i % 97',
  currency: "'USD'",
  date: `date('${FIRST_MONTH}-01', (i * ${DAYS} / ?4) || ' days')`,
  merchant: "'Chez Paul'",
  merchant_folded: "'chez paul'",
  base_amount: '1 + i % 97',
  base_currency: "'USD'",
  category_id: "json_extract(?5, '$[' || (i % json_array_length(?5)) || ']')",
  tags: `'["lunch"]'`,
  created_at: '1',
  updated_at: '1',
}

/** The same with merchants in two spellings, and with up to three tags, for reports. */
const VARIED_EXPENSE: Record<string, string> = {
  ...EXPENSE,
  merchant: "iif(i % 3, 'Shop ', 'SHOP ') || (i * 7919 % 401)",
  merchant_folded: "'shop ' || (i * 7919 % 401)",
  tags: `iif(i % 2, '[]', json_array('t' || (i % 7), 'u' || (i % 11), 'v' || (i % 13)))`,
}

/** A copy of the user ?1 as the user `i` of `i` = 1 to ?2, by column: what is not here is as it was. */
const COPIED_USER: Record<string, string> = {
  id: "printf('00000000-0000-7000-8000-%012x', i)",
  username: "'weight' || i",
  email: "'weight' || i || '@example.com'",
}

type Column = { name: string; isRequired: boolean }

const columnsOf = async (client: Client, table: string): Promise<Column[]> => {
  const { rows } = await client.execute({ sql: 'SELECT * FROM pragma_table_info(?)', args: [table] })
  return rows.map((row) => ({ name: String(row.name), isRequired: row.notnull === 1 && row.dflt_value === null }))
}

const run = (client: Client, sql: string, ...args: (string | number)[]) =>
  client.execute({ sql, args: args.map((value): InValue => (typeof value === 'number' ? BigInt(value) : value)) })

/** Users who never call, only so that they are there. */
const copyUsers = async (client: Client, { id }: Person, count: number): Promise<string[]> => {
  const columns = await columnsOf(client, 'users')
  const values = columns.map(({ name }) => COPIED_USER[name] ?? name)
  await run(
    client,
    `INSERT INTO users (${columns.map(({ name }) => name)})
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
      SELECT ${values} FROM n, (SELECT * FROM users WHERE id = ?1)`,
    id,
    count,
  )
  const { rows } = await client.execute("SELECT id FROM users WHERE username LIKE 'weight%'")
  return rows.map((row) => String(row.id))
}

const insertExpenses = async (
  client: Client,
  userId: string,
  categories: string[],
  count: number,
  expense = EXPENSE,
) => {
  const columns = await columnsOf(client, 'expenses')
  const unknown = columns.find(({ name, isRequired }) => isRequired && !expense[name])
  if (unknown) throw new Error(`bench/seed.ts does not know what expenses.${unknown.name} should be.`)
  const known = columns.map(({ name }) => name).filter((name) => expense[name])
  const sql = `INSERT INTO expenses (${known})
    WITH RECURSIVE n (i) AS (SELECT ?2 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?3)
    SELECT ${known.map((name) => expense[name])} FROM n`
  for (let from = 0; from < count; from += CHUNK) {
    await run(client, sql, userId, from, Math.min(from + CHUNK, count), count, JSON.stringify(categories))
  }
}

/** Does `work` while `table` has no indexes, which takes a small part of the time. */
const unindexed = async (client: Client, table: string, work: () => Promise<void>) => {
  const { rows } = await client.execute({
    sql: "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ? AND type = 'index' AND sql <> ''",
    args: [table],
  })
  for (const { type, name } of rows) await client.execute(`DROP ${type} ${name}`)
  await work()
  for (const { sql } of rows) await client.execute(String(sql))
}

/** The revisions of a user's expenses, which their writes would have given them. */
const setRevisions = async (client: Client, { id }: Person) => {
  await run(
    client,
    `UPDATE expenses SET revision = n.revision FROM (
        SELECT id, (SELECT revision FROM users WHERE id = ?1) + row_number() OVER (ORDER BY id) AS revision
        FROM expenses WHERE user_id = ?1
      ) AS n WHERE expenses.user_id = ?1 AND expenses.id = n.id`,
    id,
  )
  await run(
    client,
    `UPDATE users SET (revision, total_spent) = (SELECT max(revision), sum(base_amount) FROM expenses WHERE user_id = ?1)
      WHERE id = ?1`,
    id,
  )
}

const setLimits = async (url: string, { token, categories }: Person) => {
  for (const target of [...categories, 'overall']) {
    const path = `/v1/months/${FIRST_MONTH}/budgets/${target}`
    await call(url, 'PUT', path, { limit: LIMIT, rollover: 'full' }, token)
  }
}

/** Plans what was due on each day of four weeks. */
export const setPlan = async (url: string, { token }: Person) => {
  const [start, until] = PLANNED
  const plan = { kind: 'expense', amount: 100, merchant: 'Chez Paul', start, until, repeat: { every: 1, unit: 'day' } }
  await call(url, 'POST', '/v1/plans', plan, token)
}

export const dropLimits = async (url: string, { token, categories }: Person) => {
  for (const target of [...categories, 'overall']) {
    await call(url, 'DELETE', `/v1/months/${FIRST_MONTH}/budgets/${target}`, undefined, token)
  }
}

/** Has the API count the sums of the months, past which the expenses were inserted, and reads what requests need. */
const settle = async (url: string, person: Person) => {
  for (const monthStartDay of [2, 1]) await call(url, 'PATCH', '/v1/users/me', { monthStartDay }, person.token)
  const get = (path: string) => call(url, 'GET', path, undefined, person.token)
  person.etag = (await get(`/v1/expenses/${expenseId(READ)}`)).headers.get('ETag') ?? ''
  const changes = (await (await get('/v1/changes?limit=100')).json()) as { nextCursor: string }
  person.since = changes.nextCursor
}

/**
 * With limits, without, and with a plan, all with few expenses; the one with many; and the one whom the bare Worker writes
 * for.
 */
export type People = { limited: Person; unlimited: Person; planning: Person; many: Person; bare: Person }

export const seed = async (url: string, databaseUrl: string): Promise<People> => {
  const people: People = {
    limited: await register(url, 'limited'),
    unlimited: await register(url, 'unlimited'),
    planning: await register(url, 'planning'),
    many: await register(url, 'many'),
    bare: await register(url, 'bare'),
  }
  const { limited, unlimited, planning, many, bare } = people
  for (const person of [limited, many]) await setLimits(url, person)
  await setPlan(url, planning)
  const client = createClient({ url: databaseUrl })
  try {
    const others = await copyUsers(client, limited, Math.max(settings.users - 4, 1))
    await unindexed(client, 'expenses', async () => {
      for (const other of others) await insertExpenses(client, other, [], settings.few)
      for (const { id, categories } of [limited, unlimited, planning, bare])
        await insertExpenses(client, id, categories, settings.few)
      await insertExpenses(client, many.id, many.categories, settings.many)
    })
    for (const person of Object.values(people)) await setRevisions(client, person)
  } finally {
    client.close()
  }
  for (const person of Object.values(people)) await settle(url, person)
  return people
}

/** Registers somebody with `count` expenses over ten years that differ, for reports. */
export const seedVaried = async (url: string, databaseUrl: string, count: number): Promise<Person> => {
  const person = await register(url, `has${count}`)
  const client = createClient({ url: databaseUrl })
  try {
    await unindexed(client, 'expenses', () =>
      insertExpenses(client, person.id, person.categories, count, VARIED_EXPENSE),
    )
    await setRevisions(client, person)
  } finally {
    client.close()
  }
  await settle(url, person)
  return person
}

/** What an argument of the bare Worker is: a constant, or a part of the request. */
type Argument = string | number | { from: 'path' | 'new id' } | { from: 'body'; member: string }

export type BareQuery = { status: number; writes: boolean; statements: { sql: string; args: Argument[] }[] }

const read = (sql: string, args: Argument[], status = 200): BareQuery => ({
  status,
  writes: false,
  statements: [{ sql, args }],
})

const fromPath: Argument = { from: 'path' }
const fromBody = (member: string): Argument => ({ from: 'body', member })

/** The query of the bare Worker for each operation, by its key: the rows that the API needs for it, or those it writes. */
export const bareQueries = ({ limited, unlimited, planning, bare }: People): Record<string, BareQuery> => {
  const month = toMonthNumber(MONTH)
  const add = (amount: Argument) => ({
    sql: `INSERT INTO budget_lines (user_id, target, month, spent, carried_in) VALUES (?1, 'overall', ?2, ?3, 0)
      ON CONFLICT DO UPDATE SET spent = spent + excluded.spent`,
    args: [bare.id, month, amount],
  })
  const write = (status: number, sql: string, args: Argument[], amount: Argument = fromBody('amount')): BareQuery => ({
    status,
    writes: true,
    statements: [{ sql, args }, add(amount)],
  })
  const columns = `user_id, id, amount, currency, date, merchant, merchant_folded, base_amount, base_currency,
    category_id, tags, created_at, updated_at`
  const insertion = `INSERT INTO expenses (${columns})
    VALUES (?1, ?2, ?3, 'USD', ?4, ?5, lower(?5), ?3, 'USD', ?6, ?7, ?8, ?8)`
  const values = (id: Argument) => [
    bare.id,
    id,
    ...['amount', 'date', 'merchant'].map(fromBody),
    bare.categories[0] ?? '',
    fromBody('tags'),
    Date.now(),
  ]
  const post = write(201, `${insertion} RETURNING *`, values({ from: 'new id' }))
  const shown = `id, amount, currency, date, note, created_at, updated_at, exchange_rate, base_amount, category_id, merchant,
    tags, revision`
  const getSql = `SELECT ${shown} FROM expenses WHERE user_id = ? AND id = ? AND deleted_at IS NULL`
  return {
    get: read(getSql, [limited.id, fromPath]),
    'get-304': read(getSql, [limited.id, fromPath], 304),
    list: read(
      `SELECT ${shown} FROM expenses WHERE user_id = ? AND deleted_at IS NULL ORDER BY date DESC, id DESC LIMIT 51`,
      [limited.id],
    ),
    'month-limits': read(
      `SELECT line.*, categories.name FROM budget_lines AS line
        LEFT JOIN categories ON categories.user_id = ?1 AND categories.id = line.target
        WHERE line.user_id = ?1 AND line.month = ?2 AND line.target IN (
          SELECT id FROM categories WHERE user_id = ?1 UNION ALL VALUES ('overall'), ('none'), ('income'))`,
      [limited.id, month],
    ),
    'month-no-limit': read(
      `SELECT target.*, line.* FROM (
          SELECT id, name FROM categories WHERE user_id = ?1 UNION ALL SELECT 'overall', NULL
        ) AS target LEFT JOIN budget_lines AS line
        ON line.user_id = ?1 AND line.target = target.id AND line.month = ?2`,
      [unlimited.id, month],
    ),
    months: read(
      "SELECT * FROM budget_lines WHERE user_id = ? AND target IN ('overall', 'income') AND month BETWEEN ? AND ?",
      [limited.id, month - 35, month],
    ),
    'month-plan': read('SELECT * FROM budget_lines WHERE user_id = ? AND month = ?', [planning.id, month - MONTHS + 1]),
    occurrences: read('SELECT * FROM plans WHERE user_id = ? AND deleted_at IS NULL', [planning.id]),
    changes: read(`SELECT ${shown} FROM expenses WHERE user_id = ? AND revision > 100 ORDER BY revision LIMIT 101`, [
      limited.id,
    ]),
    login: read('SELECT * FROM users WHERE lower(username) = lower(?)', [fromBody('username')]),
    'post-limits': post,
    'post-no-limit': post,
    put: write(
      200,
      `${insertion} ON CONFLICT DO UPDATE SET amount = excluded.amount, base_amount = excluded.base_amount,
        date = excluded.date, merchant = excluded.merchant, merchant_folded = excluded.merchant_folded,
        category_id = excluded.category_id, tags = excluded.tags, updated_at = excluded.updated_at RETURNING *`,
      values(fromPath),
    ),
    patch: write(
      200,
      'UPDATE expenses SET amount = ?3, base_amount = ?3, updated_at = ?4 WHERE user_id = ?1 AND id = ?2 RETURNING *',
      [bare.id, fromPath, fromBody('amount'), Date.now()],
    ),
    batch: write(
      200,
      `INSERT INTO expenses (${columns})
        SELECT ?1, value ->> '$.id', value ->> '$.amount', 'USD', value ->> '$.date', value ->> '$.merchant',
          lower(value ->> '$.merchant'), value ->> '$.amount', 'USD', ?3, value -> '$.tags', ?4, ?4
        FROM json_each(?2) WHERE TRUE RETURNING *`,
      [bare.id, fromBody('put'), bare.categories[0] ?? '', Date.now()],
      100,
    ),
  }
}

/** The path of the expense that is read. */
export const READ_PATH = `/v1/expenses/${expenseId(READ)}`
/** The first of the 36 months that end with this one. */
export const FIRST_OF_36 = toMonthName(toMonthNumber(MONTH) - 35)
