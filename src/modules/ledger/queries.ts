import { type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import { requires } from '../../db/guard.ts'
import type { Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { Amount, Day } from '../../http/schema.ts'
import { fold } from '../../shared/text.ts'
import { type ClockNames, clockOf, firstDayOf, runningFirstDay } from '../users/calendar-queries.ts'
import { isLive, type LedgerRow } from './columns.ts'
import { currentRevision } from './revision.ts'
import type { Sort } from './schema.ts'

/** A table whose rows have an owner and can be deleted and restored, by its columns and by its name. */
export type OwnedTable = Record<'userId' | 'id' | 'deletedAt' | 'revision', AnySQLiteColumn> & { getSQL(): SQL }

/** A table of expenses or incomes. */
type LedgerTable = OwnedTable & Record<'amount' | 'date', AnySQLiteColumn>

type Own = Params<'userId' | 'id'>

/** The row of such a table that is the user's and has this id, deleted or not. */
export const isOwnIncludingDeleted = ({ userId, id }: Own) => sql`user_id = ${userId} AND id = ${id}`

/** The row that is the user's and has this id. */
export const isOwn = (own: Own) => sql`${isOwnIncludingDeleted(own)} AND deleted_at IS NULL`

/** Those of the user's rows that have one of the ids of a JSON array. */
export const areOwn = ({ userId, ids }: Params<'userId' | 'ids'>) =>
  sql`user_id = ${userId} AND id IN (SELECT value FROM json_each(${ids})) AND deleted_at IS NULL`

/** Requires that the user has such a row. */
export const requiresOwn = (table: OwnedTable, condition: SQL) =>
  requires(sql`EXISTS (SELECT 1 FROM ${table} WHERE ${condition})`)

/** The revision of a row, for its preconditions; null where there is none. */
export const revisionOf = (table: OwnedTable, own: Own) =>
  sql`(SELECT ${table.revision} FROM ${table} WHERE ${isOwn(own)})`

/** What `sort` sorts by: the member of a row, its schema in a cursor, and the direction. */
const orders = {
  '-date': { by: 'date', value: Day, descending: true },
  date: { by: 'date', value: Day, descending: false },
  '-amount': { by: 'amount', value: Amount, descending: true },
  amount: { by: 'amount', value: Amount, descending: false },
} as const

/** Where `row` stands in a listing, for its cursor. */
export const placeIn =
  (sort: Sort) =>
  (row: Pick<LedgerRow, 'id' | 'date' | 'amount'>): Place => ({ sort, value: row[orders[sort].by], id: row.id })

type Filters = {
  month?: string | undefined
  from?: string | undefined
  to?: string | undefined
  minAmount?: number | undefined
  maxAmount?: number | undefined
  q?: string | undefined
  include?: 'total' | undefined
  sort: Sort
  cursor?: string | undefined
  limit?: number
}

type FilterNames = 'month' | 'isRunning' | 'from' | 'to' | 'minAmount' | 'maxAmount' | 'q' | 'afterValue' | 'afterId'
export type ListNames = 'userId' | 'limit' | FilterNames | ClockNames

/**
 * The values of a listing, for `listing`: one more row than the page has or, without a limit, all. Throws invalidRequest
 * for a bad cursor.
 */
export const listValues = (actor: Actor, { sort, cursor, q, limit, month, include: _, ...filters }: Filters) => {
  const after = cursor === undefined ? undefined : fromCursor(cursor, sort, orders[sort].value)
  return {
    ...filters,
    ...(month === 'current' ? { isRunning: true, ...clockOf(actor) } : { month }),
    userId: actor.userId,
    limit: limit === undefined ? undefined : limit + 1,
    q: q === undefined ? undefined : fold(q),
    afterValue: after?.value,
    afterId: after?.id,
  } as Record<ListNames, string | number | boolean | undefined>
}

/** The names of the values that are there: they decide which form a listing has. */
export const filtersOf = (values: object) =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .sort()
    .join(' ')

/** Whether one of these folded columns contains `q`, literally: `instr` knows no wildcards. */
export const isFoundIn = (searched: AnySQLiteColumn[], q: Params['q']) =>
  sql`(${sql.join(
    searched.map((column) => sql`instr(${column}, ${q}) > 0`),
    sql` OR `,
  )})`

/** What `include=total` tells of the rows that a listing finds. `amount` is what one of them adds to the sum. */
export const totalOf = (amount: SQL<number>) => ({
  amount: sql<number>`ifnull(sum(${amount}), 0)`,
  count: sql<number>`count(*)`,
})

/**
 * The `WHERE` and what follows it of a listing by `sort`: the user's rows within those filters that `form` names, after
 * the cursor. `searched` are the folded columns in which `q` is sought.
 */
export const listing = (
  table: LedgerTable,
  params: Params<ListNames>,
  sort: Sort,
  form: string,
  searched: AnySQLiteColumn[],
  further: SQL[],
) => {
  const { by, descending } = orders[sort]
  const has = (name: FilterNames) => form.split(' ').includes(name)
  const direction = sql.raw(descending ? 'DESC' : 'ASC')
  // Where the order is by date, the plus keeps SQLite from searching the index of amounts, whose rows it would sort.
  const amount = by === 'amount' ? sql`${table.amount}` : sql`+${table.amount}`
  const conditions = [
    sql`${table.userId} = ${params.userId}`,
    isLive(table),
    ...(has('month')
      ? [
          sql`${table.date} >= ${firstDayOf(params.userId, params.month)}`,
          sql`${table.date} < ${firstDayOf(params.userId, params.month, 1)}`,
        ]
      : []),
    ...(has('isRunning')
      ? [sql`${table.date} >= ${runningFirstDay(params)}`, sql`${table.date} < ${runningFirstDay(params, 1)}`]
      : []),
    ...(has('from') ? [sql`${table.date} >= ${params.from}`] : []),
    ...(has('to') ? [sql`${table.date} <= ${params.to}`] : []),
    ...(has('minAmount') ? [sql`${amount} >= ${params.minAmount}`] : []),
    ...(has('maxAmount') ? [sql`${amount} <= ${params.maxAmount}`] : []),
    ...(has('q') ? [isFoundIn(searched, params.q)] : []),
    ...(has('afterId')
      ? [sql`(${table[by]}, ${table.id}) ${sql.raw(descending ? '<' : '>')} (${params.afterValue}, ${params.afterId})`]
      : []),
    ...further,
  ]
  return {
    where: sql.join(conditions, sql` AND `),
    orderBy: sql`${table[by]} ${direction}, ${table.id} ${direction}`,
  }
}

/** Columns of a row, each with the SQL of what it becomes. */
export type Columns = Record<string, SQL>

const namesOf = (columns: Columns) => sql.raw(Object.keys(columns).join(', '))
const valuesOf = (columns: Columns) => sql.join(Object.values(columns), sql`, `)

/** Inserts the rows that `from` makes, which ends in a WHERE. */
export const insertRows = (table: OwnedTable, columns: Columns, from: SQL) =>
  sql`INSERT INTO ${table} (${namesOf(columns)}) SELECT ${valuesOf(columns)} FROM ${from}`

/**
 * The same, but a row that is there is replaced. One that was deleted begins anew, and what is put just as it is stays as
 * it is, with its revision.
 */
export const putRows = (table: OwnedTable, columns: Columns, from: SQL) => {
  const replaced = Object.keys(columns).filter((name) => !['user_id', 'id', 'created_at'].includes(name))
  const compared = replaced.filter((name) => !['updated_at', 'revision'].includes(name))
  const list = (names: string[], prefix = '') => sql.raw(names.map((name) => `${prefix}${name}`).join(', '))
  return sql`${insertRows(table, columns, from)}
    ON CONFLICT (user_id, id) DO UPDATE SET (${list(replaced)}) = (${list(replaced, 'excluded.')}),
      created_at = iif(${isLive(table)}, ${table}.created_at, excluded.created_at)
    WHERE (${sql.join(
      compared.map((name) => sql`${table}.${sql.raw(name)}`),
      sql`, `,
    )}) IS NOT (${list(compared, 'excluded.')})`
}

/** What a deletion does to a row. */
export const deletion = (userId: Params['userId'], at: Params['at']) =>
  sql`deleted_at = ${at}, updated_at = ${at}, revision = ${currentRevision(userId)}`

/** What a restoration does to a row. */
export const restoration = (userId: Params['userId'], at: Params['at']) =>
  sql`deleted_at = NULL, updated_at = ${at}, revision = ${currentRevision(userId)}`

type WithFolded<N extends string> = Partial<Record<N | `${N}Folded`, string | null>>

/** Items as JSON for `json_each`. What is null is left out: `->>` makes null of what is not there, too. */
export const itemsJson = (items: object[]) => JSON.stringify(items, (_, value) => value ?? undefined)

/** A text and its folded twin, which a search compares; neither, where a body does not name the member. */
export const searchable = <N extends string>(name: N, value: string | null | undefined): WithFolded<N> =>
  value === undefined ? {} : ({ [name]: value, [`${name}Folded`]: value && fold(value) } as WithFolded<N>)
