import { isNotNull, isNull, sql } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { id, instant, revision } from '../../db/columns.ts'
import { FIRST_DAY, LAST_DAY } from '../../shared/calendar.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { users } from '../users/table.ts'

/** The columns of what is an amount of money, now or to come: expenses, incomes and plans. */
export const moneyColumns = () => ({
  userId: id('user_id'),
  id: id(),
  amount: integer('amount').notNull(),
  currency: text('currency').notNull(),
  /** User currency per unit of `currency`, a decimal; null where that is the user's. */
  exchangeRate: text('exchange_rate'),
  /** In minor units of the user's currency. */
  baseAmount: integer('base_amount').notNull(),
  baseCurrency: text('base_currency').notNull(),
  note: text('note'),
  createdAt: instant('created_at'),
  updatedAt: instant('updated_at'),
  /** Since when it is deleted: no statement but a restoration sees it. */
  deletedAt: integer('deleted_at'),
  revision: revision(),
})

/** The columns that expenses and incomes share. A `…Folded` column is what a search compares (see `fold`). */
export const ledgerColumns = () => ({
  ...moneyColumns(),
  date: text('date').notNull(),
  noteFolded: text('note_folded'),
  /** The plan that it was posted from, and the day on which it was due there: an occurrence is posted once. */
  planId: text('plan_id'),
  planDue: text('plan_due'),
  /** The import that made it, if one did. */
  importId: text('import_id'),
})

/** A row of any table with `ledgerColumns`. */
export type LedgerRow = {
  id: string
  amount: number
  currency: string
  date: string
  exchangeRate: string | null
  baseAmount: number
  createdAt: number
  updatedAt: number
  revision: number
}

type MoneyColumns = Record<keyof ReturnType<typeof moneyColumns>, AnySQLiteColumn>
type LedgerColumns = Record<keyof ReturnType<typeof ledgerColumns>, AnySQLiteColumn>

/** What the index of a listing leaves out, so that no page has to step over it. */
export const isLive = ({ deletedAt }: { deletedAt: AnySQLiteColumn }) => isNull(deletedAt)

/** The rules and the indexes of a table with `moneyColumns`. `name` is the table's. */
export const moneyRules = (name: string, table: MoneyColumns) => [
  // Ids are unique per user: a client's own id can neither collide with a colleague's nor reveal it.
  primaryKey({ columns: [table.userId, table.id] }),
  // A user's currency can change only as long as there is no money of theirs.
  foreignKey({ columns: [table.userId, table.baseCurrency], foreignColumns: [users.id, users.currency] }).onDelete(
    'cascade',
  ),
  // What has changed since a revision, deleted or not.
  index(`${name}_by_revision`).on(table.userId, table.revision),
  // Those that are deleted, for the retention.
  index(`${name}_deleted`).on(table.deletedAt).where(isNotNull(table.deletedAt)),
  // An integer past 2^53 would make every read of its row fail.
  check(`${name}_amount_range`, sql`${table.amount} BETWEEN 1 AND ${sql.raw(String(MAX_AMOUNT))}`),
  check(`${name}_rate_required`, sql`${table.currency} = ${table.baseCurrency} OR ${table.exchangeRate} IS NOT NULL`),
  check(`${name}_rate_unneeded`, sql`${table.currency} <> ${table.baseCurrency} OR ${table.exchangeRate} IS NULL`),
  check(`${name}_base_amount_range`, sql`${table.baseAmount} BETWEEN 1 AND ${sql.raw(String(MAX_AMOUNT))}`),
]

/** The rules and the indexes that expenses and incomes share. */
export const ledgerRules = (name: string, table: LedgerColumns) => [
  ...moneyRules(name, table),
  // One for each order of a listing; both end in the id, which tells equal dates or amounts apart.
  index(`${name}_by_date`).on(table.userId, table.date, table.id).where(isLive(table)),
  index(`${name}_by_amount`).on(table.userId, table.amount, table.id).where(isLive(table)),
  // An occurrence of a plan is posted once, from whatever device.
  uniqueIndex(`${name}_plan_due_key`)
    .on(table.userId, table.planId, table.planDue)
    .where(sql`${table.planId} IS NOT NULL AND ${table.deletedAt} IS NULL`),
  // What was ever posted of a plan, deleted entries included: all of it follows a plan that is continued.
  index(`${name}_by_plan`)
    .on(table.userId, table.planId, table.planDue, table.deletedAt)
    .where(isNotNull(table.planId)),
  check(`${name}_plan_whole`, sql`(${table.planId} IS NULL) = (${table.planDue} IS NULL)`),
  check(`${name}_date_range`, sql`${table.date} BETWEEN ${sql.raw(`'${FIRST_DAY}'`)} AND ${sql.raw(`'${LAST_DAY}'`)}`),
]
