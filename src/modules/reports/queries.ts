import { type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { compileEach, type Params, statements } from '../../db/statement.ts'
import type { RowOf } from '../../db/transaction.ts'
import type { Actor } from '../../http/context.ts'
import { type MonthNumber, toMonthNumber } from '../../shared/calendar.ts'
import { fold } from '../../shared/text.ts'
import { categoryValues, expenseFilters, searched as searchedInExpenses } from '../expenses/queries.ts'
import { expenses } from '../expenses/table.ts'
import { searched as searchedInIncomes } from '../incomes/queries.ts'
import { incomes } from '../incomes/table.ts'
import { isLive } from '../ledger/columns.ts'
import { netAmount } from '../ledger/net-amount.ts'
import { filtersOf, isFoundIn } from '../ledger/queries.ts'
import { firstDayIn, monthOf } from '../users/calendar-queries.ts'
import type { EarningsQuery, SpendingQuery } from './schema.ts'

/**
 * `from` and `until` are the MonthNumbers of the first month and of the one after the last; `previous` is the first of as
 * many months before `from`.
 */
type Names = 'userId' | 'previous' | 'from' | 'until' | 'categoryId' | 'tag' | 'q' | 'limit'

type Query = z.infer<typeof SpendingQuery> | z.infer<typeof EarningsQuery>
type By = Query['by']

/** What decides how a report is built: `filters` are the names of those values that are there. */
type Form = { of: 'spending' | 'earnings'; by: By; isSplit: boolean; filters: string }
type Context = Form & { params: Params<Names> }

const has = ({ filters }: Form, name: string) => filters.split(' ').includes(name)

const kinds = {
  spending: {
    table: expenses,
    byDate: sql.raw('expenses_by_date'),
    amount: netAmount,
    name: { spelled: expenses.merchant, folded: expenses.merchantFolded },
    searched: searchedInExpenses,
    further: ({ params, filters }: Context) => expenseFilters(params, filters),
  },
  earnings: {
    table: incomes,
    byDate: sql.raw('incomes_by_date'),
    amount: sql<number>`base_amount`,
    name: { spelled: incomes.source, folded: incomes.sourceFolded },
    searched: searchedInIncomes,
    further: (): SQL[] => [],
  },
}

/** The user's rows that the filters match and that meet these conditions, next to the user's row. */
const rowsWhere = (context: Context, conditions: SQL[], source: SQL = kinds[context.of].table.getSQL()) => {
  const { table, searched, further } = kinds[context.of]
  const { userId, q } = context.params
  const all = [
    sql`users.id = ${userId}`,
    sql`${table.userId} = ${userId}`,
    isLive(table),
    ...conditions,
    ...(has(context, 'q') ? [isFoundIn(searched, q)] : []),
    ...further(context),
  ]
  return sql`users CROSS JOIN ${source} WHERE ${sql.join(all, sql` AND `)}`
}

const isWithin = ({ of }: Form, from: SQL, until: SQL) => {
  const { date } = kinds[of].table
  return [sql`${date} >= ${firstDayIn(from)}`, sql`${date} < ${firstDayIn(until)}`]
}

/** The budget lines that the report sums, of a category each: a `target` each, as rows. */
const targetsOf = (context: Context) => {
  const { userId, categoryId } = context.params
  if (context.of === 'earnings') return sql`SELECT 'income' AS target`
  if (has(context, 'uncategorized')) return sql`SELECT 'none' AS target`
  if (has(context, 'categoryId')) return sql`SELECT ${categoryId} AS target`
  return sql`SELECT id AS target FROM categories WHERE user_id = ${userId} UNION ALL SELECT 'none'`
}

/** The one target whose lines have the sum of all that the report counts. */
const totalTarget = (context: Context) =>
  context.of === 'spending' && !/\b(categoryId|uncategorized)\b/.test(context.filters)
    ? sql`SELECT 'overall' AS target`
    : targetsOf(context)

/** The lines of these targets within a range of months, next to the user's row. */
const linesOf = (userId: Params['userId'], targets: SQL, from: SQL, until: SQL) => sql`
  users CROSS JOIN (${targets}) AS wanted CROSS JOIN budget_lines AS line
  WHERE users.id = ${userId} AND line.user_id = ${userId} AND line.target = wanted.target
    AND line.month >= ${from} AND line.month < ${until}`

/** How many rows a line sums: read from an index alone. A deleted expense has no category. */
const countOfLine = (context: Context) => {
  const { userId } = context.params
  const within = sql.join(isWithin(context, sql`line.month`, sql`line.month + 1`), sql` AND `)
  return context.of === 'earnings'
    ? sql`(SELECT count(*) FROM incomes WHERE user_id = ${userId} AND deleted_at IS NULL AND ${within})`
    : sql`(SELECT count(*) FROM expenses
        WHERE user_id = ${userId} AND category_id IS nullif(line.target, 'none') AND deleted_at IS NULL AND ${within})`
}

/** Whether the sums of the months, which are stored, have what the report asks for. */
const isOfLines = (context: Form) =>
  (context.by === 'category' || context.by === 'month') && !has(context, 'q') && !has(context, 'tag')

/**
 * By what the rows are summed first, so that little is left to sort: days come in the order of the index, and equal lists
 * of tags are taken apart only once.
 */
const groupOf = ({ of, by }: Form): SQL => {
  if (by === 'category') return sql`ifnull(${expenses.categoryId}, 'none')`
  if (by === 'tag') return sql`${expenses.tags}`
  return by === 'merchant' || by === 'source' ? sql`${kinds[of].name.folded}` : sql`${kinds[of].table.date}`
}

/** The first sums, as `item, month, amount, count, latest`. */
const sumsOf = (context: Context) => {
  const { by, isSplit, params } = context
  const [from, until] = [sql`${params.from}`, sql`${params.until}`]
  if (isOfLines(context)) {
    const lines = linesOf(params.userId, targetsOf(context), from, until)
    return sql`SELECT line.target, line.month, line.spent, ${countOfLine(context)}, NULL FROM ${lines}`
  }
  const month = isSplit || by === 'month' ? monthOf(sql`date`) : sql`NULL`
  const groups = isSplit ? sql`1, 2` : sql`1`
  return sql`SELECT ${groupOf(context)}, ${month}, sum(${kinds[context.of].amount}), count(*), max(date)
    FROM ${rowsWhere(context, isWithin(context, from, until))} GROUP BY ${groups}`
}

/** The key of a sum: the weekday from 1, Monday, to 7. */
const keyOf = (by: By) => {
  if (by === 'month') return sql`month`
  if (by === 'tag') return sql`value`
  return by === 'weekday' ? sql`(strftime('%w', item) + 6) % 7 + 1` : sql`item`
}

/** What the months before come to, in one sum. */
const previousOf = (context: Context) => {
  const { userId, previous, from } = context.params
  const range: [SQL, SQL] = [sql`${previous}`, sql`${from}`]
  return has(context, 'q') || has(context, 'tag')
    ? sql`SELECT sum(${kinds[context.of].amount}) FROM ${rowsWhere(context, isWithin(context, ...range))}`
    : sql`SELECT sum(line.spent) FROM ${linesOf(userId, totalTarget(context), ...range)}`
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
