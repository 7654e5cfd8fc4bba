import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Params } from '../../db/statement.ts'
import { minorUnitDigits } from '../../shared/money.ts'
import { type Columns, searchable } from '../ledger/queries.ts'
import { type ClockNames, todayIn } from '../users/calendar-queries.ts'
import { baseAmountOf } from './conversion.ts'
import type { ExpensePatch, NewExpense } from './schema.ts'

/** The members of a row as they stand in the JSON that is sent: those that a body does not name are not there. */
export const toItem = ({ refund, merchant, note, ...rest }: z.infer<typeof NewExpense> & { id?: string }) => ({
  ...rest,
  ...(refund && { refund }),
  ...searchable('merchant', merchant),
  ...searchable('note', note),
})

/** The same of a patch (RFC 7396): null clears. */
export const toPatchItem = ({ merchant, note, ...rest }: z.infer<typeof ExpensePatch>) => ({
  ...rest,
  ...(rest.categoryId !== undefined && { formerCategoryId: null }),
  ...(rest.tags === null && { tags: [] }),
  ...searchable('merchant', merchant),
  ...searchable('note', note),
})

/** A stored row as such an item, with what a patch changes of it. */
export const patchedItem = (
  patch: Params['patch'],
) => sql`json_patch(json_object('id', id, 'amount', amount, 'refund', refund,
  'currency', expenses.currency, 'date', date, 'exchangeRate', exchange_rate, 'categoryId', category_id,
  'formerCategoryId', former_category_id, 'merchant', merchant, 'merchantFolded', merchant_folded, 'note', note,
  'noteFolded', note_folded, 'tags', json(tags)), ${patch})`

const member = (name: string) => sql.raw(`value ->> '${name}'`)
const currency = sql`ifnull(${member('currency')}, currency)`

let digits: string | undefined

/** The currencies whose minor unit is not a hundredth, for conversion: sent only where an item may need it. */
export const digitsJson = () => {
  digits ??= JSON.stringify(minorUnitDigits())
  return digits
}

export type RowNames = 'userId' | 'at' | 'digits' | ClockNames

/** What decides the form of a statement: whether an item may be in a foreign currency, lack its day, or be a refund. */
export type Form = [isForeign: boolean, isDated: boolean, hasRefunds: boolean]

/** The form that is enough for these items. */
export const formOf = (items: ReturnType<typeof toItem>[]): Form => [
  items.some(({ exchangeRate }) => exchangeRate !== null),
  items.every(({ date }) => date !== undefined),
  items.some(({ refund }) => refund),
]

/** A patch may leave all to what is stored, which has a day. */
export const PATCH_FORM: Form = [true, true, true]

/** The columns of a row that decide which lines it is on, and with how much: of an item `value` next to the user's row. */
export const movingColumns = (params: Params<RowNames>, ...[isForeign, isDated]: Form) => ({
  date: isDated ? member('date') : sql`coalesce(${member('date')}, ${todayIn(params)})`,
  base_amount: isForeign
    ? baseAmountOf({
        amount: member('amount'),
        currency,
        exchangeRate: member('exchangeRate'),
        baseCurrency: sql`users.currency`,
        digits: params.digits,
      })
    : member('amount'),
  category_id: member('categoryId'),
  refund: sql`ifnull(${member('refund')}, 0)`,
})

/** The columns of a new row. */
export const newColumns = (params: Params<RowNames>, ...form: Form): Columns => {
  const [isForeign, , hasRefunds] = form
  const { refund, ...moving } = movingColumns(params, ...form)
  return {
    user_id: sql`${params.userId}`,
    id: member('id'),
    amount: member('amount'),
    currency,
    note: member('note'),
    note_folded: member('noteFolded'),
    created_at: sql`${params.at}`,
    updated_at: sql`${params.at}`,
    revision: sql`revision`,
    ...moving,
    base_currency: sql`currency`,
    merchant: member('merchant'),
    merchant_folded: member('merchantFolded'),
    tags: member('tags'),
    ...(isForeign && { exchange_rate: member('exchangeRate') }),
    ...(hasRefunds && { refund }),
  }
}

/** The columns of a row that replaces another. */
export const replacedColumns = (params: Params<RowNames>, ...form: Form): Columns => ({
  ...newColumns(params, ...form),
  refund: movingColumns(params, ...form).refund,
  exchange_rate: member('exchangeRate'),
  deleted_at: sql`NULL`,
  former_category_id: member('formerCategoryId'),
})
