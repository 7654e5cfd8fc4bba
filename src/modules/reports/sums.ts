import { type SQL, sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Params } from '../../db/statement.ts'
import { expenseFilters, searched as searchedInExpenses } from '../expenses/queries.ts'
import { expenses } from '../expenses/table.ts'
import { searched as searchedInIncomes } from '../incomes/queries.ts'
import { incomes } from '../incomes/table.ts'
import { isLive } from '../ledger/columns.ts'
import { netAmount } from '../ledger/net-amount.ts'
import { isFoundIn } from '../ledger/queries.ts'
import { firstDayIn, monthOf } from '../users/calendar-queries.ts'
import type { EarningsQuery, SpendingQuery } from './schema.ts'

/**
 * `from` and `until` are the MonthNumbers of the first month and of the one after the last; `previous` is the first of as
 * many months before `from`.
 */
export type Names = 'userId' | 'previous' | 'from' | 'until' | 'categoryId' | 'tag' | 'q' | 'limit'

export type Query = z.infer<typeof SpendingQuery> | z.infer<typeof EarningsQuery>
export type By = Query['by']

/** What decides how a report is built: `filters` are the names of those values that are there. */
export type Form = { of: 'spending' | 'earnings'; by: By; isSplit: boolean; filters: string }
export type Context = Form & { params: Params<Names> }

const has = ({ filters }: Form, name: string) => filters.split(' ').includes(name)

export const kinds = {
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
export const rowsWhere = (context: Context, conditions: SQL[], source: SQL = kinds[context.of].table.getSQL()) => {
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
const totalTarget = (context: Context) => {
  const isOfAll = context.of === 'spending' && !has(context, 'categoryId') && !has(context, 'uncategorized')
  return isOfAll ? sql`SELECT 'overall' AS target` : targetsOf(context)
}

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
export const sumsOf = (context: Context) => {
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

/** What the months before come to, in one sum. */
export const previousOf = (context: Context) => {
  const { userId, previous, from } = context.params
  const range: [SQL, SQL] = [sql`${previous}`, sql`${from}`]
  return has(context, 'q') || has(context, 'tag')
    ? sql`SELECT sum(${kinds[context.of].amount}) FROM ${rowsWhere(context, isWithin(context, ...range))}`
    : sql`SELECT sum(line.spent) FROM ${linesOf(userId, totalTarget(context), ...range)}`
}
