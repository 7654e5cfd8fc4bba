import { type SQLWrapper, sql } from 'drizzle-orm'
import type { Params } from '../../db/statement.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { type ClockNames, todayIn } from '../users/calendar-queries.ts'
import { baseAmountOf } from './conversion.ts'
import type { Columns } from './queries.ts'

/** A member of an item: of what was sent, as JSON `value` next to the user's row. A name or, within an object, a path. */
export const member = (name: string) => sql.raw(`value ->> '${name}'`)

/** The currency of an item. */
export const itemCurrency = sql`ifnull(${member('currency')}, currency)`

export type RowNames = 'userId' | 'at' | 'digits' | ClockNames

/** The columns of a new item that tell which occurrence of a plan it is. */
export const newLinkColumns: Columns = { plan_id: member('planId'), plan_due: member('planDue') }

/** An item that is put: one that does not say which occurrence of a plan it is goes on to be what it is. */
export const withKeptLink = <T extends { id: string; planId?: string | null | undefined }>(item: T) =>
  item.planId === undefined ? { ...item, keepsLink: true } : item

/** The same columns of an item that may be in the table already. */
export const linkColumns = (userId: Params['userId'], table: SQLWrapper): Columns => {
  const kept = (name: string) => sql`(SELECT ${sql.raw(name)} FROM ${table} AS it
    WHERE it.user_id = ${userId} AND it.id = ${member('id')} AND it.deleted_at IS NULL)`
  return {
    plan_id: sql`iif(${member('keepsLink')}, ${kept('it.plan_id')}, ${member('planId')})`,
    plan_due: sql`iif(${member('keepsLink')}, ${kept('it.plan_due')}, ${member('planDue')})`,
  }
}

/** What decides the form of a statement: whether an item may be in a foreign currency, and has its day. */
export type Form = [isForeign: boolean, isDated: boolean]

/** The form that is enough for these items. */
export const formOf = (items: { exchangeRate?: string | null; date?: string | undefined }[]): Form => [
  items.some(({ exchangeRate }) => exchangeRate !== null),
  items.every(({ date }) => date !== undefined),
]

/** A patch may leave all to what is stored, which has a day. */
export const PATCH_FORM: Form = [true, true]

type Money = 'amount' | 'currency' | 'exchangeRate'

/** What a patch drops of the stored row: `baseAmount` holds as long as nothing of what it was computed from is sent. */
export const staleMembers = ({ amount, currency, exchangeRate }: Partial<Record<Money, unknown>>) =>
  [amount, currency, exchangeRate].every((sent) => sent === undefined) ? {} : { baseAmount: null }

/** The amount of an item in the user's currency. `isForeign`: it may be in another, or have been converted before. */
export const itemBaseAmount = (digits: Params['digits'], isForeign: boolean) =>
  isForeign
    ? sql`ifnull(${member('baseAmount')}, ${baseAmountOf({
        amount: member('amount'),
        currency: itemCurrency,
        exchangeRate: member('exchangeRate'),
        baseCurrency: sql`users.currency`,
        digits,
      })})`
    : member('amount')

/**
 * What an item adds to a sum. What converts to too much is cut, so that the write which comes after is what refuses it.
 */
export const movedAmount = (digits: Params['digits'], isForeign: boolean) =>
  isForeign ? sql`min(${itemBaseAmount(digits, true)}, ${sql.raw(String(MAX_AMOUNT))})` : itemBaseAmount(digits, false)

/** The day of an item: today where it lacks one. */
export const itemDay = (params: Params<ClockNames>, isDated: boolean) =>
  isDated ? member('date') : sql`coalesce(${member('date')}, ${todayIn(params)})`

/** The columns that a new expense and a new income share. */
export const newEntryColumns = (params: Params<RowNames>, ...[isForeign, isDated]: Form): Columns => ({
  user_id: sql`${params.userId}`,
  id: member('id'),
  amount: member('amount'),
  currency: itemCurrency,
  note: member('note'),
  note_folded: member('noteFolded'),
  created_at: sql`${params.at}`,
  updated_at: sql`${params.at}`,
  revision: sql`revision`,
  date: itemDay(params, isDated),
  base_amount: itemBaseAmount(params.digits, isForeign),
  base_currency: sql`currency`,
  ...(isForeign && { exchange_rate: member('exchangeRate') }),
})
