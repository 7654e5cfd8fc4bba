import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Params } from '../../db/statement.ts'
import { type Form, member, newEntryColumns, type RowNames, staleMembers } from '../ledger/items.ts'
import { type Columns, searchable } from '../ledger/queries.ts'
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
  ...staleMembers(rest),
  ...(rest.categoryId !== undefined && { formerCategoryId: null }),
  ...(rest.tags === null && { tags: [] }),
  ...searchable('merchant', merchant),
  ...searchable('note', note),
})

/** A stored row as such an item, with what a patch changes of it. */
export const patchedItem = (patch: Params['patch']) => sql`json_patch(json_object('id', id, 'amount', amount,
  'currency', expenses.currency, 'date', date, 'exchangeRate', exchange_rate, 'baseAmount', base_amount, 'categoryId', category_id,
  'formerCategoryId', former_category_id, 'merchant', merchant, 'merchantFolded', merchant_folded, 'note', note,
  'noteFolded', note_folded, 'tags', json(tags)), ${patch})`

/** The columns of a new row. */
export const newColumns = (params: Params<RowNames>, ...form: Form): Columns => ({
  ...newEntryColumns(params, ...form),
  category_id: member('categoryId'),
  merchant: member('merchant'),
  merchant_folded: member('merchantFolded'),
  tags: member('tags'),
})

/** The columns of a row that replaces another. */
export const replacedColumns = (params: Params<RowNames>, ...form: Form): Columns => ({
  ...newColumns(params, ...form),
  exchange_rate: member('exchangeRate'),
  deleted_at: sql`NULL`,
  former_category_id: member('formerCategoryId'),
})
