import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Params } from '../../db/statement.ts'
import { baseAmountOf } from '../ledger/conversion.ts'
import { type Columns, searchable } from '../ledger/queries.ts'
import { type ClockNames, todayIn } from '../users/calendar-queries.ts'
import type { ExpensePatch, NewExpense } from './schema.ts'

/** The members of a row as they stand in the JSON that is sent: those that a body does not name are not there. */
export const toItem = ({ merchant, note, ...rest }: Partial<z.infer<typeof NewExpense>> & { id?: string }) => ({
  ...rest,
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
export const patchedItem = (patch: Params['patch']) => sql`json_patch(json_object('id', id, 'amount', amount,
  'currency', expenses.currency, 'date', date, 'exchangeRate', exchange_rate, 'categoryId', category_id,
  'formerCategoryId', former_category_id, 'merchant', merchant, 'merchantFolded', merchant_folded, 'note', note,
  'noteFolded', note_folded, 'tags', json(tags)), ${patch})`

const member = (name: string) => sql.raw(`value ->> '${name}'`)
const currency = sql`ifnull(${member('currency')}, currency)`

export type RowNames = 'userId' | 'at' | 'digits' | ClockNames

/** What decides the form of a statement: whether an item may be in a foreign currency, and may lack its day. */
export type Form = [isForeign: boolean, isDated: boolean]

/** The form that is enough for these items. */
export const formOf = (items: { exchangeRate?: string | null; date?: string | undefined }[]): Form => [
  items.some(({ exchangeRate }) => exchangeRate !== null),
  items.every(({ date }) => date !== undefined),
]

/** A patch may leave all to what is stored, which has a day. */
export const PATCH_FORM: Form = [true, true]

/** The columns of a row that decide which lines it is on, and with how much: of an item `value` next to the user's row. */
export const movingColumns = (params: Params<RowNames>, isForeign: boolean, isDated: boolean) => ({
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
})

/** The columns of a new row. */
export const newColumns = (params: Params<RowNames>, ...[isForeign, isDated]: Form): Columns => ({
  user_id: sql`${params.userId}`,
  id: member('id'),
  amount: member('amount'),
  currency,
  note: member('note'),
  note_folded: member('noteFolded'),
  created_at: sql`${params.at}`,
  updated_at: sql`${params.at}`,
  revision: sql`revision`,
  ...movingColumns(params, isForeign, isDated),
  base_currency: sql`currency`,
  merchant: member('merchant'),
  merchant_folded: member('merchantFolded'),
  tags: member('tags'),
  ...(isForeign && { exchange_rate: member('exchangeRate') }),
})

/** The columns of a row that replaces another. */
export const replacedColumns = (params: Params<RowNames>, ...form: Form): Columns => ({
  ...newColumns(params, ...form),
  exchange_rate: member('exchangeRate'),
  deleted_at: sql`NULL`,
  former_category_id: member('formerCategoryId'),
})
