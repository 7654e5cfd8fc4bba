import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@libsql/client/http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrate } from '../../scripts/migrations.ts'
import { root } from '../../scripts/root.ts'
import { freePort, type Sqld, startSqld } from '../../scripts/sqld.ts'

type Row = Record<string, unknown>

let folder: string
let sqld: Sqld
let client: Client
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outlay-migrations-'))
  sqld = await startSqld(await freePort(), folder)
  client = createClient({ url: sqld.url })
})
afterEach(async () => {
  client.close()
  await sqld.stop()
  rmSync(folder, { recursive: true })
})

const rowsOf = async (sql: string): Promise<Row[]> => (await client.execute(sql)).rows.map((row) => ({ ...row }))

/** All rows of a table, in an order of their own: that of SQLite depends on the indexes that there are. */
const contentOf = async (table: string) => {
  const rows = await rowsOf(`SELECT * FROM "${table}"`)
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

/** The contents of several tables, by name. */
const contentsOf = async <Table extends string>(tables: Table[]) => {
  const entries = await Promise.all(tables.map(async (table) => [table, await contentOf(table)] as const))
  return Object.fromEntries(entries) as Record<Table, Row[]>
}

/** A copy of the first `count` migrations of drizzle/, and then one made of these statements, if there are any. */
const folderOf = (count: number, name?: string, statements: string[] = []) => {
  const copy = join(folder, 'drizzle')
  cpSync(join(root, 'drizzle'), copy, { recursive: true })
  const journalPath = join(copy, 'meta/_journal.json')
  const { entries, ...journal } = JSON.parse(readFileSync(journalPath, 'utf8'))
  const kept = entries.slice(0, count)
  if (name) {
    writeFileSync(join(copy, `${name}.sql`), statements.join('\n--> statement-breakpoint\n'))
    kept.push({ ...kept.at(-1), idx: kept.length, when: kept.at(-1).when + 1, tag: name })
  }
  writeFileSync(journalPath, JSON.stringify({ ...journal, entries: kept }))
  return copy
}

/** Applies those that are not applied yet. */
const migrateTo = (...migrations: Parameters<typeof folderOf>) => migrate(sqld.url, { folder: folderOf(...migrations) })

const appliedHashes = async () => (await rowsOf('SELECT hash FROM __drizzle_migrations')).map(({ hash }) => hash)

describe('migrations', () => {
  const tables = () => rowsOf("SELECT name FROM sqlite_schema WHERE name IN ('users', 'budget_lines', 'added')")

  it('that fail keep those before them and change nothing themselves, so that the next run goes on', async () => {
    const broken = migrateTo(2, 'broken', ['CREATE TABLE added (id)', 'INSERT INTO missing VALUES (1)'])
    await expect(broken).rejects.toThrow(/^Migration broken failed, and changed nothing: .*no such table: missing/)
    expect(await tables()).toEqual([{ name: 'users' }])
    expect(await migrateTo(3)).toEqual(['0002_explicit_bookkeeping'])
  })

  it('of two runs at once are each applied once', async () => {
    const migrations = folderOf(Infinity)
    const runs = await Promise.all([1, 2].map(() => migrate(sqld.url, { folder: migrations })))
    const hashes = await appliedHashes()
    expect(new Set(hashes).size).toBe(hashes.length)
    expect(runs.flat()).toHaveLength(hashes.length)
    expect(await migrateTo(Infinity)).toEqual([])
  })

  it('whose database is killed in the middle are done by the next run', async () => {
    const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT i FROM n'
    const slow = ['CREATE TABLE added (id)', `INSERT INTO added ${numbers}`]
    const migrations = folderOf(2, 'slow', slow)
    const killed = migrate(sqld.url, { folder: migrations })
    killed.catch(() => {})
    while ((await appliedHashes().catch(() => [])).length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    sqld.process.kill('SIGKILL')
    await expect(killed).rejects.toThrow(/cannot be reached: .* To go on, run it again\.$/)

    client.close()
    await sqld.stop()
    sqld = await startSqld(await freePort(), folder)
    client = createClient({ url: sqld.url })
    expect(await tables()).toEqual([{ name: 'users' }])
    expect(await migrate(sqld.url, { folder: migrations })).toEqual(['slow'])
    expect(await rowsOf('SELECT count(*) AS count FROM added')).toEqual([{ count: 2_000_000 }])
  })
})

describe('a migration that rebuilds a table', () => {
  /** At least two rows in each table, but the one that may have only one. */
  const SEED = `
    INSERT INTO users (id, username, email, password_hash, currency, time_zone, utc_offset, month_start_day, created_at)
      VALUES ('u1', 'amina', 'amina@example.com', 'x', 'USD', 'UTC', 0, 1, 1),
        ('u2', 'bruno', 'bruno@example.com', 'x', 'EUR', 'Europe/Paris', 60, 25, 2);
    INSERT INTO sessions (user_id, id, generation, user_agent, created_at, refreshed_at, expires_at)
      VALUES ('u1', 's1', 1, 'curl', 1, 2, 3), ('u2', 's2', 0, NULL, 1, 1, 3);
    INSERT INTO rotations (user_id, session_id, generation, at) VALUES ('u1', 's1', 0, 1), ('u1', 's1', 1, 2);
    INSERT INTO categories (user_id, id, name, name_folded, color, archived, created_at, updated_at, revision)
      VALUES ('u1', 'c1', 'Food', 'food', '#ff0000', 0, 1, 1, 1), ('u2', 'c2', 'Rent', 'rent', NULL, 1, 1, 2, 1);
    INSERT INTO budgets (user_id, target, scope, month, category_id, limit_amount, rollover, alert_percents, revision)
      VALUES ('u1', 'overall', 'onward', 24322, NULL, 1500, 'none', '[80,100]', 2),
        ('u1', 'c1', 'month', 24322, 'c1', 900, 'full', '[]', 3), ('u2', 'c2', 'onward', 24323, 'c2', NULL, 'none', '[]', 2);
    INSERT INTO budget_lines (user_id, target, month, spent, limit_amount, rollover, alert_percents, scope, set_in, carried_in)
      VALUES ('u1', 'overall', 24322, 1299, 1500, 'none', '[80,100]', 'onward', 24322, 0),
        ('u2', 'none', 24323, 5, NULL, NULL, NULL, NULL, NULL, 0);
    INSERT INTO alerts (user_id, id, target, month, percent, read, created_at)
      VALUES ('u1', 'a1', 'overall', 24322, 80, 0, 1), ('u1', 'a2', 'c1', 24322, 100, 1, 2);
    INSERT INTO expenses (user_id, id, amount, currency, date, created_at, updated_at, deleted_at, exchange_rate, base_amount,
        base_currency, category_id, merchant, merchant_folded, tags, revision)
      VALUES ('u1', 'e1', 1299, 'USD', '2026-11-23', 1, 1, NULL, NULL, 1299, 'USD', 'c1', 'Chez Paul', 'chez paul', '["a"]', 4),
        ('u2', 'e2', 10, 'USD', '2026-12-31', 1, 1, 2, '0.5', 5, 'EUR', NULL, NULL, NULL, '[]', 3);
    INSERT INTO incomes (user_id, id, amount, currency, date, note, note_folded, created_at, updated_at, revision, base_amount,
        base_currency)
      VALUES ('u1', 'i1', 320000, 'USD', '2026-11-01', 'Pay', 'pay', 1, 1, 5, 320000, 'USD'),
        ('u2', 'i2', 1, 'EUR', '2026-11-01', NULL, NULL, 1, 1, 4, 1, 'EUR');
    INSERT INTO plans (user_id, id, kind, amount, currency, base_amount, base_currency, category_id, merchant, tags, start,
        every, unit, post, created_at, updated_at)
      VALUES ('u1', 'p1', 'expense', 90000, 'USD', 90000, 'USD', 'c1', 'Landlord', '[]', '2026-11-01', 1, 'month', 'confirm', 1, 1),
        ('u2', 'p2', 'income', 5, 'EUR', 5, 'EUR', NULL, NULL, '["a"]', '2026-11-25', NULL, NULL, 'auto', 1, 2);
    INSERT INTO plan_exceptions (user_id, plan_id, due, amount, date, skipped)
      VALUES ('u1', 'p1', '2026-12-01', 95000, '2026-12-02', 0), ('u2', 'p2', '2026-11-25', NULL, NULL, 1);
    INSERT INTO api_tokens (user_id, id, name, hash, scopes, created_at, expires_at, last_used_on)
      VALUES ('u1', 't1', 'Script', 'h1', 3, 1, 2, NULL), ('u2', 't2', 'Script', 'h2', 4, 1, 2, '2026-11-23');
    INSERT INTO company_logins (user_id, issuer, subject, linked_at)
      VALUES ('u1', 'https://a.example', 's1', 1), ('u1', 'https://b.example', 's1', 1), ('u2', 'https://a.example', 's2', 1);
    INSERT INTO email_proofs (user_id, email, hash, expires_at, requests, since)
      VALUES ('u1', 'a@example.com', 'h1', 2, 1, 1), ('u2', 'b@example.com', 'h2', 2, 1, 1);
    INSERT INTO mail_recipients (address, mails, since) VALUES ('abc', 1, 1), ('abd', 2, 1);
    INSERT INTO password_resets (account, user_id, email, hash, expires_at, requests, since)
      VALUES ('u1', 'u1', 'a@example.com', 'h1', 2, 1, 1), ('abc', NULL, NULL, 'h2', 2, 1, 1);
    INSERT INTO deletions (user_id, resource, revision) VALUES ('u1', 'category/c0', 6), ('u2', 'budget/2026-11/c0/month', 5);
    INSERT INTO idempotency_keys (user_id, key, fingerprint, request_id, rows_before, rows_after, created_at)
      VALUES ('u1', 'k1', 'f', 'r', '{}', '{}', 1), ('u2', 'k2', 'f', 'r', '{}', '{}', 1);
    INSERT INTO imports (user_id, id, created_at, revision, counts, taken_back)
      VALUES ('u1', 'm1', 1, 6, '{"new":1}', NULL), ('u2', 'm2', 1, 4, '{"new":0}', 5);
    INSERT INTO login_failures (account, user_id, failures, retry_at) VALUES ('u1', 'u1', 2, 1), ('nobody', NULL, 1, 1);
    INSERT INTO readiness (id, checked_at) VALUES (1, 1);`

  type SchemaEntry = { type: string; name: string; tbl_name: string; sql: string | null }
  const isOurs = ({ tbl_name: table }: SchemaEntry) => !/^(__drizzle|sqlite_|libsql_)/.test(table)

  const schema = async () =>
    ((await rowsOf('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name')) as SchemaEntry[]).filter(
      isOurs,
    )

  /** A definition without what a rename may change of it: white space, and how names are quoted. */
  const normalize = (sql: string | null) => sql?.replaceAll(/["`]/g, '').replaceAll(/\s+/g, ' ').trim() ?? null

  /** All that a migration must leave as it was: every table, index, trigger and view, and every row. */
  const contents = async () => {
    const entries = await schema()
    const tables = entries.filter(({ type }) => type === 'table').map(({ name }) => name)
    return {
      schema: entries.map((entry) => ({ ...entry, sql: normalize(entry.sql) })),
      rows: await contentsOf(tables),
    }
  }

  /** The statements that drizzle-kit generates for a changed CHECK of this table, here with none changed. */
  const rebuild = async (table: string) => {
    const entries = (await schema()).filter(({ tbl_name, sql }) => tbl_name === table && sql)
    const definition = entries.find(({ type }) => type === 'table')?.sql ?? ''
    const renamed = definition
      .replace(/^CREATE TABLE ["`]?\w+["`]?/, `CREATE TABLE \`__new_${table}\``)
      .replaceAll(`"${table}".`, `"__new_${table}".`)
    const columns = (await rowsOf(`SELECT name FROM pragma_table_xinfo('${table}') WHERE hidden = 0`))
      .map(({ name }) => `"${name}"`)
      .join(', ')
    const indexes = entries.filter(({ type }) => type !== 'table').map(({ sql }) => sql as string)
    return [
      'PRAGMA foreign_keys=OFF;',
      renamed,
      `INSERT INTO \`__new_${table}\`(${columns}) SELECT ${columns} FROM \`${table}\`;`,
      `DROP TABLE \`${table}\`;`,
      `ALTER TABLE \`__new_${table}\` RENAME TO \`${table}\`;`,
      'PRAGMA foreign_keys=ON;',
      ...indexes,
    ]
  }

  it('leaves every table, index and row as it was, the rows that refer to it included', async () => {
    await migrate(sqld.url)
    await client.executeMultiple(SEED)
    const before = await contents()
    const tables = Object.keys(before.rows)
    expect(tables.filter((table) => (before.rows[table]?.length ?? 0) < (table === 'readiness' ? 1 : 2))).toEqual([])

    const rebuilds = (await Promise.all(tables.map(rebuild))).flat()
    expect(await migrateTo(Infinity, 'rebuild', rebuilds)).toEqual(['rebuild'])
    expect(await contents()).toEqual(before)
    expect(await rowsOf('PRAGMA foreign_key_check')).toEqual([])
    expect(await rowsOf('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })
})

describe('migration 0002, which replaces the triggers and their tables', () => {
  const FIRST_DAYS: Record<string, number> = { amina: 25, bruno: 1 }

  const insert = (table: string, row: Record<string, string | number | null>) => ({
    sql: `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row).fill('?').join(', ')})`,
    args: Object.values(row),
  })
  const user = (id: string, currency: string) =>
    insert('users', {
      id,
      username: id,
      email: `${id}@example.com`,
      password_hash: 'x',
      currency,
      time_zone: 'UTC',
      utc_offset: 0,
      month_start_day: Number(FIRST_DAYS[id]),
      created_at: 1,
    })
  const times = { created_at: 1, updated_at: 1 }
  const category = (user_id: string, id: string) =>
    insert('categories', { user_id, id, name: id, name_folded: id, archived: 0, ...times })
  const spends = (
    user_id: string,
    id: string,
    date: string,
    amount: number,
    category_id: string | null,
    change = {},
  ) => {
    const currency = user_id === 'amina' ? 'USD' : 'EUR'
    const money = { amount, currency, base_amount: amount, base_currency: currency }
    return insert('expenses', { user_id, id, date, ...money, category_id, tags: '[]', ...times, ...change })
  }
  const earns = (user_id: string, id: string, date: string, amount: number) =>
    insert('incomes', { user_id, id, date, amount, currency: user_id === 'amina' ? 'USD' : 'EUR', ...times })

  /** 2026-01 is 24312. */
  const toMonth = (name: string) => Number(name.slice(0, 4)) * 12 + Number(name.slice(5, 7)) - 1
  const limits = (
    user_id: string,
    target: string,
    scope: string,
    from: string,
    limit: number | null,
    rollover: string,
  ) =>
    insert('budgets', {
      user_id,
      target,
      scope,
      month: toMonth(from),
      category_id: target === 'overall' ? null : target,
      limit_amount: limit,
      rollover,
      alert_percents: '[80,100]',
    })

  const HISTORY = [
    user('amina', 'USD'),
    user('bruno', 'EUR'),
    ...['food', 'fun', 'gone'].map((id) => category('amina', id)),
    category('bruno', 'rent'),
    limits('amina', 'overall', 'onward', '2026-01', 1000, 'surplus'),
    limits('amina', 'overall', 'month', '2026-04', 500, 'full'),
    limits('amina', 'overall', 'onward', '2026-09', null, 'none'),
    limits('amina', 'food', 'onward', '2025-11', 300, 'full'),
    limits('amina', 'food', 'month', '2026-06', 100, 'none'),
    limits('amina', 'food', 'month', '2026-07', 900, 'full'),
    limits('amina', 'food', 'onward', '2026-08', 200, 'surplus'),
    limits('amina', 'fun', 'onward', '2026-02', 50, 'none'),
    limits('amina', 'fun', 'onward', '2026-05', 60, 'full'),
    limits('amina', 'gone', 'onward', '2026-02', 70, 'surplus'),
    limits('bruno', 'overall', 'onward', '2026-03', 400, 'full'),
    limits('bruno', 'overall', 'onward', '2026-07', null, 'none'),
    limits('bruno', 'overall', 'onward', '2026-10', 100, 'full'),
    limits('bruno', 'rent', 'month', '2026-05', 900, 'full'),
    spends('amina', 'e1', '2025-11-25', 250, 'food'),
    spends('amina', 'e2', '2026-01-24', 400, 'food'),
    spends('amina', 'foreign', '2026-03-25', 1000, 'food', { currency: 'EUR', exchange_rate: '0.9', base_amount: 900 }),
    spends('amina', 'e4', '2026-04-26', 100, null),
    spends('amina', 'changed', '2026-02-25', 70, 'fun'),
    spends('amina', 'e6', '2026-07-01', 700, 'fun'),
    spends('amina', 'e8', '2026-08-30', 10, 'fun'),
    spends('amina', 'e7', '2026-09-30', 500, 'food'),
    spends('amina', 'deleted', '2026-03-30', 5000, 'food'),
    spends('amina', 'sorted', '2026-03-01', 30, 'gone'),
    spends('amina', 'e10', '2026-12-31', 9, null),
    spends('bruno', 'b1', '2026-05-02', 1000, 'rent'),
    spends('bruno', 'b2', '2026-06-01', 150, null),
    spends('bruno', 'b3', '2026-12-01', 40, null),
    earns('amina', 'i1', '2026-01-25', 3000),
    earns('amina', 'i2', '2026-02-24', 2000),
    earns('amina', 'deleted', '2026-03-01', 7),
    earns('bruno', 'i1', '2026-05-31', 1),
    "UPDATE expenses SET amount = 80, base_amount = 80 WHERE id = 'changed'",
    "UPDATE expenses SET deleted_at = 2 WHERE id = 'deleted'",
    "UPDATE incomes SET deleted_at = 2 WHERE id = 'deleted'",
    "UPDATE users SET time_zone = 'Europe/Rome' WHERE id = 'bruno'",
    "DELETE FROM budgets WHERE target = 'food' AND month = 24318",
    "UPDATE expenses SET category_id = NULL, former_category_id = 'gone' WHERE category_id = 'gone'",
    "DELETE FROM budgets WHERE target = 'gone'",
    "DELETE FROM categories WHERE id = 'gone'",
  ]

  const TABLES = ['users', 'categories', 'budgets', 'expenses', 'incomes', 'changes'] as const
  let before: Record<(typeof TABLES)[number], Row[]>
  beforeEach(async () => {
    await migrateTo(2)
    await client.batch(HISTORY, 'write')
    before = await contentsOf([...TABLES])
    expect(await migrateTo(3)).toEqual(['0002_explicit_bookkeeping'])
  })

  /** The rows of a table as they were, each with what `added` says of it. */
  const carriedOver = (table: keyof typeof before, added: (row: Row) => Row): Row[] =>
    before[table].map((row) => ({ ...row, ...added(row) }))

  const revisionOf = (type: string, userId: unknown, id: unknown) =>
    before.changes.find((change) => change.type === type && change.user_id === userId && change.id === id)?.revision

  const nameOfMonth = (month: number) => `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`

  const sum = (rows: Row[], column: string) => rows.reduce((total, row) => total + Number(row[column]), 0)
  /** What a user has recorded and not deleted. */
  const kept = (table: 'expenses' | 'incomes', userId: unknown) =>
    before[table].filter((row) => row.user_id === userId && row.deleted_at === null)

  it('keeps every row, with the revision that it had in `changes`', async () => {
    const types = [
      ['expenses', 'expense'],
      ['incomes', 'income'],
      ['categories', 'category'],
    ] as const
    for (const [table, type] of types) {
      const expected = carriedOver(table, ({ user_id, id }) => ({ revision: revisionOf(type, user_id, id) }))
      expect(expected.every(({ revision }) => Number(revision) > 0)).toBe(true)
      expect(await contentOf(table)).toEqual(expected)
    }
    const nameOf = ({ month, target, scope }: Row) => `${nameOfMonth(Number(month))}/${target}/${scope}`
    expect(await contentOf('budgets')).toEqual(
      carriedOver('budgets', (row) => ({ revision: revisionOf('budget', row.user_id, nameOf(row)) })),
    )
  })

  it('keeps the deletions of categories and budgets, whose rows are gone, in `deletions`', async () => {
    const deleted = before.changes.filter(({ deleted, type }) => deleted === 1 && /category|budget/.test(String(type)))
    const expected = deleted.map(({ user_id, type, id, revision }) => ({
      user_id,
      resource: `${type}/${id}`,
      revision,
    }))
    expect(expected.map(({ resource }) => resource)).toEqual([
      'budget/2026-02/gone/onward',
      'budget/2026-07/food/month',
      'category/gone',
    ])
    expect(await contentOf('deletions')).toEqual(expected)
  })

  it('gives each user the sums of all that is recorded, and the revision of the settings', async () => {
    expect(await contentOf('users')).toEqual(
      carriedOver('users', ({ id }) => ({
        settings_revision: revisionOf('user', id, id),
        total_spent: sum(kept('expenses', id), 'base_amount'),
        total_earned: sum(kept('incomes', id), 'amount'),
        touched_lines: '[]',
      })),
    )
  })

  const monthOf = (userId: string, date: unknown) =>
    toMonth(String(date)) - (Number(String(date).slice(8)) < Number(FIRST_DAYS[userId]) ? 1 : 0)

  const targetsOf = ({ category_id }: Row) => ['overall', category_id ?? 'none']

  const spentIn = (userId: string, target: string, month: number) => {
    const isIn = ({ date }: Row) => monthOf(userId, date) === month
    if (target === 'income') return sum(kept('incomes', userId).filter(isIn), 'amount')
    const onTarget = kept('expenses', userId).filter((row) => targetsOf(row).includes(target))
    return sum(onTarget.filter(isIn), 'base_amount')
  }

  /** The override of the month, else the latest onward setting; undefined where that ends the limit, too. */
  const limitIn = (userId: string, target: string, month: number) => {
    const settings = before.budgets.filter((row) => row.user_id === userId && row.target === target)
    const override = settings.find((row) => row.scope === 'month' && row.month === month)
    const onward = settings.filter((row) => row.scope === 'onward' && Number(row.month) <= month)
    const latest = override ?? onward.toSorted((a, b) => Number(a.month) - Number(b.month)).at(-1)
    return latest?.limit_amount === null ? undefined : latest
  }

  /** A line by a walk over every month from before there was anything. */
  const lineIn = (userId: string, target: string, until: number) => {
    for (let month = toMonth('2025-01'), left = 0; ; month++) {
      const limit = limitIn(userId, target, month)
      const carriedBy: Record<string, number> = { none: 0, surplus: Math.max(left, 0), full: left }
      const carried_in = carriedBy[String(limit?.rollover ?? 'none')] ?? 0
      const spent = spentIn(userId, target, month)
      const available = limit ? Number(limit.limit_amount) + carried_in - spent : null
      if (month === until) {
        const { limit_amount = null, rollover = null, alert_percents = null, scope = null } = limit ?? {}
        const inForce = { limit_amount, rollover, alert_percents, scope, set_in: limit?.month ?? null }
        return { user_id: userId, target, month, spent, ...inForce, carried_in, available }
      }
      left = available ?? 0
    }
  }

  it('gives each target its line in each month, with what a walk over all months finds', async () => {
    const lines = (await contentOf('budget_lines')).map(({ percent_reached: _, ...line }) => line)
    expect(lines).toEqual(lines.map((line) => lineIn(String(line.user_id), String(line.target), Number(line.month))))
    expect(new Set(lines.map(({ carried_in }) => Math.sign(Number(carried_in))))).toEqual(new Set([-1, 0, 1]))
  })

  it('has a line wherever there is money, and wherever a limit begins, is overridden or ends', async () => {
    const wanted = ['amina', 'bruno'].flatMap((userId) => [
      ...kept('incomes', userId).map(({ date }) => `${userId} income ${monthOf(userId, date)}`),
      ...kept('expenses', userId).flatMap((row) =>
        targetsOf(row).map((target) => `${userId} ${target} ${monthOf(userId, row.date)}`),
      ),
      ...before.budgets
        .filter(({ user_id }) => user_id === userId)
        .flatMap(({ target, scope, month }) =>
          [0, ...(scope === 'month' ? [1] : [])].map((later) => `${userId} ${target} ${Number(month) + later}`),
        ),
    ])
    const lines = await rowsOf('SELECT user_id, target, month FROM budget_lines')
    const names = lines.map(({ user_id, target, month }) => `${user_id} ${target} ${month}`)
    expect(wanted.filter((name) => !names.includes(name))).toEqual([])
  })
})
