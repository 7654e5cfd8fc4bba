import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import { compileEach, type Params, statements } from '../../db/statement.ts'
import type { RowOf } from '../../db/transaction.ts'
import type { Actor } from '../../http/context.ts'
import { type MonthNumber, toMonthNumber } from '../../shared/calendar.ts'
import { fold } from '../../shared/text.ts'
import { categoryValues } from '../expenses/queries.ts'
import { filtersOf } from '../ledger/queries.ts'
import type { EarningsQuery, SpendingQuery } from './schema.ts'
import {
  type By,
  type Context,
  type Form,
  kinds,
  type Names,
  previousOf,
  type Query,
  rowsWhere,
  sumsOf,
} from './sums.ts'

/** The key of a sum: the weekday from 1, Monday, to 7. */
const keyOf = (by: By) => {
  if (by === 'month') return sql`month`
  if (by === 'tag') return sql`value`
  return by === 'weekday' ? sql`(strftime('%w', item) + 6) % 7 + 1` : sql`item`
}

const nameOf = (context: Context) => {
  const { by, of, params } = context
  if (by === 'category') return sql`(SELECT name FROM categories WHERE user_id = ${params.userId} AND id = keys.key)`
  if (by === 'tag') return sql`keys.key`
  if (by === 'month' || by === 'weekday') return sql`NULL`
  const { table, byDate, name } = kinds[of]
  const ofDay = [sql`${table.date} = keys.latest`, sql`${name.folded} = keys.key`]
  const latest = rowsWhere(context, ofDay, sql`${table} INDEXED BY ${byDate}`)
  // Without being told, SQLite would step over all rows of the user, in the order of their ids.
  return sql`(SELECT ${name.spelled} FROM ${latest} ORDER BY ${table.id} DESC LIMIT 1)`
}

type MonthSum = [month: MonthNumber, amount: number, count: number]

const column = <T>(name: string) => sql<T>`report.${sql.raw(name)}`

const columns = {
  currency: column<string>('currency'),
  startDay: column<number>('month_start_day'),
  revision: column<number>('revision'),
  previous: column<number>('previous'),
  total: column<number>('total'),
  totalCount: column<number>('total_count'),
  untagged: column<number>('untagged'),
  untaggedCount: column<number>('untagged_count'),
  /** Of all keys: by tag, an expense counts for each of its tags. */
  keysTotal: column<number>('keys_total'),
  keysCount: column<number>('keys_count'),
  key: column<string | number | null>('key'),
  name: column<string | null>('name'),
  amount: column<number | null>('amount'),
  count: column<number | null>('count'),
  /** The sums of its months, where they are asked for. */
  months: column('months').mapWith((sums: string): MonthSum[] | null => JSON.parse(sums)),
}

const selectReport = compileEach((params: Params<Names>, of: Form['of'], by: By, isSplit: boolean, filters: string) => {
  const context = { params, of, by, isSplit, filters }
  const source = by === 'tag' ? sql`sums, json_each(item)` : sql`sums`
  const parts = isSplit
    ? sql`SELECT key, month, sum(amount) AS amount, sum(count) AS count, max(latest) AS latest FROM parts GROUP BY 1, 2`
    : sql`SELECT * FROM parts`
  const months = isSplit ? sql`json_group_array(json_array(month, amount, count))` : sql`NULL`
  return statements
    .select(columns)
    .from(
      sql`(WITH sums (item, month, amount, count, latest) AS MATERIALIZED (${sumsOf(context)}),
          parts AS (SELECT ${keyOf(by)} AS key, month, amount, count, latest FROM ${source} WHERE count > 0),
          keys AS (
            SELECT key, sum(amount) AS amount, sum(count) AS count, max(latest) AS latest, ${months} AS months
            FROM (${parts}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${params.limit}
          )
          SELECT currency, month_start_day, revision, ifnull((${previousOf(context)}), 0) AS previous,
            (SELECT ifnull(sum(amount), 0) FROM sums) AS total, (SELECT ifnull(sum(count), 0) FROM sums) AS total_count,
            (SELECT ifnull(sum(amount), 0) FROM sums WHERE item = '[]') AS untagged,
            (SELECT ifnull(sum(count), 0) FROM sums WHERE item = '[]') AS untagged_count,
            -- As a float: what an expense adds to each of its tags may pass 2^53 in all.
            (SELECT total(amount) FROM parts) AS keys_total, (SELECT ifnull(sum(count), 0) FROM parts) AS keys_count,
            keys.*, ${nameOf(context)} AS name
          FROM users LEFT JOIN keys WHERE users.id = ${params.userId}) AS report`,
    )
    .orderBy(sql`report.amount DESC, report.key`)
})

export type ReportRow = RowOf<ReturnType<ReturnType<typeof selectReport>>>

/** All keys, in SQL. */
const NO_LIMIT = -1

const reportOf = (of: Form['of'], { userId }: Actor, query: Query, further: object) => {
  const [from, until] = [toMonthNumber(query.from), toMonthNumber(query.to) + 1]
  const filters = { q: query.q && fold(query.q), ...further }
  const limit = query.by === 'month' || query.by === 'weekday' ? NO_LIMIT : query.limit
  const values = { ...filters, userId, from, until, previous: 2 * from - until, limit }
  const select = selectReport(of, query.by, query.then !== undefined, filtersOf(filters))
  return select(values as Record<Names, unknown>)
}

/** A report of expenses: one row for each key, the largest first, or one without a key. Each tells the totals, too. */
export const spendingBy = (actor: Actor, query: z.infer<typeof SpendingQuery>) =>
  reportOf('spending', actor, query, { tag: query.tag, ...categoryValues(query.categoryId) })

/** The same of incomes. */
export const earningsBy = (actor: Actor, query: z.infer<typeof EarningsQuery>) => reportOf('earnings', actor, query, {})
