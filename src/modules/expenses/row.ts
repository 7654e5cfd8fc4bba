import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Params } from '../../db/statement.ts'
import { minorUnitDigits } from '../../shared/money.ts'
import { type Columns, searchable } from '../ledger/queries.ts'
import { currentRevision } from '../ledger/revision.ts'
import { type ClockNames, todayIn } from '../users/calendar-queries.ts'
import { baseAmountOf } from './conversion.ts'
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
  ...searchable('merchant', merchant),
  ...searchable('note', note),
})

/** A stored row as such an item, with what a patch changes of it. */
export const patchedItem = (patch: Params['patch']) => sql`json_patch(json_object('id', id, 'amount', amount,
  'currency', expenses.currency, 'date', date, 'exchangeRate', exchange_rate, 'categoryId', category_id,
  'formerCategoryId', former_category_id, 'merchant', merchant, 'merchantFolded', merchant_folded, 'note', note,
  'noteFolded', note_folded, 'tags', json(tags)), ${patch})`

const member = (name: string) => sql.raw(`value ->> '${name}'`)
const currency = sql`coalesce(${member('currency')}, users.currency)`

/** The currencies whose minor unit is not a hundredth, for conversion: sent only where an item may need it. */
export const digitsJson = () => JSON.stringify(minorUnitDigits())

export type RowNames = 'userId' | 'at' | ClockNames

/**
 * The columns of a row, of an item `value` next to the user's row. `digits` is there where an item may be in a foreign
 * currency.
 */
export const rowColumns = (params: Params<RowNames>, digits?: Params['digits']): Columns => ({
  user_id: sql`${params.userId}`,
  id: member('id'),
  amount: member('amount'),
  currency,
  date: sql`coalesce(${member('date')}, ${todayIn(params)})`,
  note: member('note'),
  note_folded: member('noteFolded'),
  created_at: sql`${params.at}`,
  updated_at: sql`${params.at}`,
  deleted_at: sql`NULL`,
  revision: currentRevision(params.userId),
  exchange_rate: member('exchangeRate'),
  base_amount: digits
    ? baseAmountOf({
        amount: member('amount'),
        currency,
        exchangeRate: member('exchangeRate'),
        baseCurrency: sql`users.currency`,
        digits,
      })
    : member('amount'),
  base_currency: sql`users.currency`,
  category_id: member('categoryId'),
  former_category_id: member('formerCategoryId'),
  merchant: member('merchant'),
  merchant_folded: member('merchantFolded'),
  tags: sql`coalesce(value ->> 'tags', '[]')`,
})
