import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Params } from '../../db/statement.ts'
import {
  type Form as EntryForm,
  formOf as entryFormOf,
  linkColumns,
  member,
  newEntryColumns,
  PATCH_FORM as PATCH_ENTRY_FORM,
  type RowNames,
  staleMembers,
} from '../ledger/items.ts'
import { type Columns, searchable } from '../ledger/queries.ts'
import type { ExpensePatch, ExpenseReplacement, NewExpense } from './schema.ts'
import { expenses } from './table.ts'

type Item = { id: string; etag?: string | undefined } & (
  | z.infer<typeof NewExpense>
  | z.infer<typeof ExpenseReplacement>
)

/** The members of a row as they stand in the JSON that is sent: those that a body does not name are not there. */
export const toItem = ({ etag: _, refund, merchant, note, ...rest }: Item) => ({
  ...rest,
  ...(refund && { refund }),
  ...searchable('merchant', merchant),
  ...searchable('note', note),
})

/** The same of a patch (RFC 7396): null clears. */
export const toPatchItem = ({ merchant, note, ...rest }: z.infer<typeof ExpensePatch>) => ({
  ...rest,
  ...staleMembers(rest),
  ...(rest.categoryId !== undefined && { formerCategoryId: null }),
  ...(rest.tags === null && { tags: [] }),
  ...searchable('merchant', merchant),
  ...searchable('note', note),
})

/** A stored row as such an item, with what a patch changes of it. */
export const patchedItem = (
  patch: Params['patch'],
) => sql`json_patch(json_object('id', id, 'amount', amount, 'refund', refund,
  'currency', expenses.currency, 'date', date, 'exchangeRate', exchange_rate, 'baseAmount', base_amount, 'categoryId', category_id,
  'formerCategoryId', former_category_id, 'merchant', merchant, 'merchantFolded', merchant_folded, 'note', note,
  'noteFolded', note_folded, 'tags', json(tags), 'planId', plan_id, 'planDue', plan_due), ${patch})`

/** What decides the form of a statement: whether an item may be in a foreign currency, lack its day, or be a refund. */
export type Form = [...EntryForm, hasRefunds: boolean]

/** The form that is enough for these items. */
export const formOf = (items: ReturnType<typeof toItem>[]): Form => [
  ...entryFormOf(items),
  items.some(({ refund }) => refund),
]

/** A patch may leave all to what is stored, which has a day. */
export const PATCH_FORM: Form = [...PATCH_ENTRY_FORM, true]

/** Whether an item is a refund. */
export const itemRefund = sql`ifnull(${member('refund')}, 0)`

/** The columns of a new row. */
export const newColumns = (params: Params<RowNames>, ...[isForeign, isDated, hasRefunds]: Form): Columns => ({
  ...newEntryColumns(params, isForeign, isDated),
  category_id: member('categoryId'),
  merchant: member('merchant'),
  merchant_folded: member('merchantFolded'),
  tags: member('tags'),
  ...(hasRefunds && { refund: itemRefund }),
})

/** The columns of a row that replaces another. */
export const replacedColumns = (params: Params<RowNames>, ...form: Form): Columns => ({
  ...newColumns(params, ...form),
  ...linkColumns(params.userId, expenses),
  refund: itemRefund,
  exchange_rate: member('exchangeRate'),
  deleted_at: sql`NULL`,
  former_category_id: member('formerCategoryId'),
})
