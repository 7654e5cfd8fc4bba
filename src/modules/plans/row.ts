import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Params } from '../../db/statement.ts'
import { itemBaseAmount, itemCurrency, member, staleMembers } from '../ledger/items.ts'
import { type Columns, searchable } from '../ledger/queries.ts'
import type { NewPlan, PlanPatch } from './input-schema.ts'

type Texts = Partial<Pick<z.infer<typeof NewPlan>, 'merchant' | 'source' | 'note'>>

/** The members of a plan as they stand in the JSON that is sent: those that a body does not name are not there. */
export const toItem = <T extends Texts>({ etag: _, ...plan }: T & { etag?: string | undefined }) => ({
  ...plan,
  ...searchable('merchant', plan.merchant),
  ...searchable('source', plan.source),
  ...searchable('note', plan.note),
})

/** A patch (RFC 7396) of the members of a row as they stand in JSON: null clears. */
export const toPatchItem = (patch: z.infer<typeof PlanPatch>) => ({
  ...toItem(patch),
  ...staleMembers(patch),
  ...(patch.categoryId !== undefined && { formerCategoryId: null }),
  ...(patch.tags === null && { tags: [] }),
  // The day of the month is one of the start and of the unit: with others, it is the start's own.
  ...(patch.repeat !== null &&
    (patch.start || patch.repeat?.unit) &&
    patch.repeat?.day === undefined && { repeat: { ...patch.repeat, day: null } }),
})

/** A stored row as JSON with such members. */
export const storedItem = sql`json_object('id', id, 'kind', kind, 'amount', amount, 'currency', plans.currency,
  'exchangeRate', exchange_rate, 'baseAmount', base_amount, 'categoryId', category_id, 'formerCategoryId', former_category_id,
  'merchant', merchant, 'merchantFolded', merchant_folded, 'source', source, 'sourceFolded', source_folded,
  'note', note, 'noteFolded', note_folded, 'tags', json(tags), 'start', start,
  'repeat', json(iif(every, json_object('every', every, 'unit', unit, 'day', month_day), NULL)), 'until', until, 'post', post)`

export type RowNames = 'userId' | 'at' | 'digits'

/** The columns of a row, of an item `value` next to the user's row. `isForeign`: it may be in a foreign currency. */
export const rowColumns = (params: Params<RowNames>, isForeign: boolean): Columns => ({
  user_id: sql`${params.userId}`,
  id: member('id'),
  kind: member('kind'),
  amount: member('amount'),
  currency: itemCurrency,
  exchange_rate: member('exchangeRate'),
  base_amount: itemBaseAmount(params.digits, isForeign),
  base_currency: sql`currency`,
  category_id: member('categoryId'),
  former_category_id: member('formerCategoryId'),
  merchant: member('merchant'),
  merchant_folded: member('merchantFolded'),
  source: member('source'),
  source_folded: member('sourceFolded'),
  note: member('note'),
  note_folded: member('noteFolded'),
  tags: member('tags'),
  start: member('start'),
  every: member('$.repeat.every'),
  unit: member('$.repeat.unit'),
  month_day: member('$.repeat.day'),
  until: member('until'),
  post: member('post'),
  deleted_at: sql`NULL`,
  created_at: sql`${params.at}`,
  updated_at: sql`${params.at}`,
  revision: sql`revision`,
})
