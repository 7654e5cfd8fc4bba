import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Params } from '../../db/statement.ts'
import { type Form, linkColumns, member, newEntryColumns, type RowNames, staleMembers } from '../ledger/items.ts'
import { type Columns, searchable } from '../ledger/queries.ts'
import type { IncomePatch, IncomeReplacement } from './schema.ts'
import { incomes } from './table.ts'

type Item = { id?: string; etag?: string | undefined } & Partial<z.infer<typeof IncomeReplacement>>

/** The members of a row as they stand in the JSON that is sent: those that a body does not name are not there. */
export const toItem = ({ etag: _, source, note, ...rest }: Item) => ({
  ...rest,
  ...searchable('source', source),
  ...searchable('note', note),
})

/** The same of a patch (RFC 7396): null clears. */
export const toPatchItem = (patch: z.infer<typeof IncomePatch>) => ({ ...toItem(patch), ...staleMembers(patch) })

/** A stored row as such an item, with what a patch changes of it. */
export const patchedItem = (patch: Params['patch']) => sql`json_patch(json_object('id', id, 'amount', amount,
  'currency', incomes.currency, 'date', date, 'exchangeRate', exchange_rate, 'baseAmount', base_amount, 'source', source,
  'sourceFolded', source_folded, 'note', note, 'noteFolded', note_folded, 'planId', plan_id, 'planDue', plan_due), ${patch})`

/** The columns of a row that is new or replaces another. */
export const rowColumns = (params: Params<RowNames>, ...form: Form): Columns => ({
  exchange_rate: sql`NULL`,
  ...newEntryColumns(params, ...form),
  ...linkColumns(params.userId, incomes),
  deleted_at: sql`NULL`,
  source: member('source'),
  source_folded: member('sourceFolded'),
})
