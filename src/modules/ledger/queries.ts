import { and, asc, desc, eq, gte, inArray, lt, lte, or, type SQL, sql, type Table } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import { isChanged } from '../../db/changed.ts'
import type { Actor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { Amount, Day } from '../../http/schema.ts'
import { now } from '../../shared/clock.ts'
import { fold } from '../../shared/text.ts'
import { currencyOf, firstDayOf, todayOf } from '../users/queries.ts'
import { isLive, type LedgerRow } from './columns.ts'
import type { Sort } from './schema.ts'

type LedgerTable = Record<'userId' | 'id' | 'amount' | 'date' | 'createdAt' | 'deletedAt', AnySQLiteColumn>

type Filters = {
  month?: string | undefined
  from?: string | undefined
  to?: string | undefined
  minAmount?: number | undefined
  maxAmount?: number | undefined
  sort: Sort
  cursor?: string | undefined
}

/** The one row of `table` that is the actor's and has this id, deleted or not. */
export const everOwnedBy = (table: LedgerTable, actor: Actor, id: string) =>
  and(eq(table.userId, actor.userId), eq(table.id, id))

/** The one row of `table` that is the actor's and has this id. */
export const ownedBy = (table: LedgerTable, actor: Actor, id: string) =>
  and(everOwnedBy(table, actor, id), isLive(table))

/** Those of the actor's rows of `table` that have one of these ids. */
export const amongOwned = (table: LedgerTable, actor: Actor, ids: string[]) =>
  and(eq(table.userId, actor.userId), inArray(table.id, ids), isLive(table))

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
  (row: LedgerRow): Place => ({ sort, value: row[orders[sort].by], id: row.id })

/** The `ORDER BY` of a listing. */
export const orderOf = (table: LedgerTable, sort: Sort): SQL[] => {
  const direction = orders[sort].descending ? desc : asc
  return [direction(table[orders[sort].by]), direction(table.id)]
}

const afterCursor = (table: LedgerTable, sort: Sort, cursor: string) => {
  const { by, value: schema, descending } = orders[sort]
  const { value, id } = fromCursor(cursor, sort, schema)
  return sql`(${table[by]}, ${table.id}) ${sql.raw(descending ? '<' : '>')} (${value}, ${id})`
}

/**
 * The amount, for a filter of a listing by `sort`. Where that goes by date, the plus keeps SQLite from searching the
 * index of amounts, whose rows it would have to sort before it could show the first.
 */
const amountIn = (table: LedgerTable, sort: Sort): SQL =>
  orders[sort].by === 'amount' ? sql`${table.amount}` : sql`+${table.amount}`

/** The `WHERE` of a listing: the actor's rows within the filters, after the cursor. Throws invalidRequest. */
export const within = (
  table: LedgerTable,
  actor: Actor,
  { month, from, to, minAmount, maxAmount, sort, cursor }: Filters,
) =>
  and(
    eq(table.userId, actor.userId),
    isLive(table),
    month ? gte(table.date, firstDayOf(actor, month)) : undefined,
    month ? lt(table.date, firstDayOf(actor, month, 1)) : undefined,
    from ? gte(table.date, from) : undefined,
    to ? lte(table.date, to) : undefined,
    minAmount === undefined ? undefined : gte(amountIn(table, sort), minAmount),
    maxAmount === undefined ? undefined : lte(amountIn(table, sort), maxAmount),
    cursor ? afterCursor(table, sort, cursor) : undefined,
  )

/** Whether one of the folded columns has `q` as a part, literally: `instr` knows no wildcards. */
export const contains = (q: string | undefined, ...folded: AnySQLiteColumn[]) =>
  q === undefined ? undefined : or(...folded.map((column) => sql`instr(${column}, ${fold(q)}) > 0`))

/** The columns of a new row that do not come from its body, or not if the body leaves them out. */
export const newRow = (
  actor: Actor,
  { currency, date }: { currency?: string | undefined; date?: string | undefined },
) => {
  const at = now()
  return {
    userId: actor.userId,
    currency: currency ?? currencyOf(actor),
    date: date ?? todayOf(actor),
    createdAt: at,
    updatedAt: at,
    deletedAt: null,
  }
}

/** What a PUT does to a row that is there: one that was deleted begins anew. */
export const replacedBy = <T extends object>(table: LedgerTable & Table, replacement: T) => ({
  target: [table.userId, table.id] as [AnySQLiteColumn, AnySQLiteColumn],
  set: {
    ...replacement,
    createdAt: sql`CASE WHEN ${isLive(table)} THEN ${table.createdAt} ELSE excluded.created_at END`,
  },
  setWhere: isChanged(table, 'createdAt', 'updatedAt'),
})

/** What a deletion does to a row. */
export const deletion = () => ({ deletedAt: now(), updatedAt: now() })

/** What a restoration does to a row. */
export const restoration = () => ({ deletedAt: null, updatedAt: now() })

type WithFolded<N extends string> = Partial<Record<N | `${N}Folded`, string | null>>

/** A text column and its folded twin; neither, where a body does not name the member. */
export const searchable = <N extends string>(name: N, value: string | null | undefined): WithFolded<N> =>
  value === undefined ? {} : ({ [name]: value, [`${name}Folded`]: value && fold(value) } as WithFolded<N>)
