import { z } from '@hono/zod-openapi'
import { pageOf } from '../../http/pagination.ts'
import { answerSchema, ID_EXAMPLE, Id } from '../../http/schema.ts'
import { batchOf } from '../ledger/batch.ts'
import {
  checkRanges,
  entryFilters,
  entryMembers,
  entryPatchMembers,
  entryTimes,
  Note,
  newEntryMembers,
  pageTotal,
  replacementMembers,
  Source,
  toEntry,
  toEntryTimes,
} from '../ledger/schema.ts'
import type { incomes } from './table.ts'

export const Income = answerSchema(() =>
  z
    .object({ ...entryMembers, source: Source, note: Note, ...entryTimes })
    .openapi('Income', { description: 'Money that came in' }),
)

export const IncomePage = pageOf(Income, 'IncomePage', pageTotal)

export const NewIncome = z
  .strictObject({ ...newEntryMembers, source: Source.default(null) })
  .openapi('NewIncome', { example: { amount: 320000, date: '2026-11-25', source: 'Salary' } })

/** The body of a PUT. */
export const IncomeReplacement = z
  .strictObject({ ...NewIncome.shape, ...replacementMembers })
  .openapi('IncomeReplacement', { example: { amount: 320000, date: '2026-11-25', source: 'Salary' } })

export const IncomeBatch = batchOf(z.strictObject({ id: Id, ...IncomeReplacement.shape }), 'IncomeBatch', {
  put: [{ id: ID_EXAMPLE, amount: 320000, date: '2026-11-25' }],
  delete: [],
})

/** The answer to a batch. */
export const IncomeBatchResult = answerSchema(() =>
  z.object({ put: z.array(Income()), delete: z.array(Id) }).openapi('IncomeBatchResult', {
    description: 'The incomes that were put, in the order of the request, and the ids of the deleted ones',
  }),
)

export const IncomePatch = z
  .strictObject({ ...entryPatchMembers, source: Source.optional() })
  .openapi('IncomePatch', { example: { amount: 330000 } })

export const IncomeQuery = z.strictObject(entryFilters).superRefine(checkRanges)

export const toIncome = (
  row: Pick<
    typeof incomes.$inferSelect,
    | 'id'
    | 'amount'
    | 'currency'
    | 'date'
    | 'exchangeRate'
    | 'baseAmount'
    | 'source'
    | 'note'
    | 'createdAt'
    | 'updatedAt'
  >,
): z.infer<ReturnType<typeof Income>> => ({
  ...toEntry(row),
  source: row.source,
  note: row.note,
  ...toEntryTimes(row),
})
