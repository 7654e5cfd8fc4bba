import * as z from 'zod'
import { pageOf } from '../../http/pagination.ts'
import { answerSchema, ID_EXAMPLE, Id, SeenTag, tagged } from '../../http/schema.ts'
import { batchOf } from '../ledger/batch.ts'
import {
  checkLink,
  checkLinks,
  checkRanges,
  entryFilters,
  entryMembers,
  entryPatchMembers,
  entryTimes,
  linkMembers,
  Note,
  newEntryMembers,
  pageTotal,
  replacementMembers,
  Source,
  toEntry,
  toEntryTimes,
  toLink,
} from '../ledger/schema.ts'
import type { incomes } from './table.ts'

export const Income = answerSchema(() =>
  z
    .object({ ...entryMembers, source: Source, note: Note, ...linkMembers, ...entryTimes })
    .openapi('Income', { description: 'Money that came in' }),
)

/** One of several. */
const ListedIncome = tagged(Income, 'ListedIncome')

export const IncomePage = pageOf(ListedIncome, 'IncomePage', pageTotal)

export const NewIncome = z
  .strictObject({ ...newEntryMembers, source: Source.default(null) })
  .openapi('NewIncome', { example: { amount: 320000, date: '2026-11-25', source: 'Salary' } })

/** The body of a PUT. */
export const IncomeReplacement = z
  .strictObject({ ...NewIncome.shape, ...replacementMembers })
  .superRefine(checkLink)
  .openapi('IncomeReplacement', { example: { amount: 320000, date: '2026-11-25', source: 'Salary' } })

const BatchItem = z
  .strictObject({ id: Id, etag: SeenTag, ...IncomeReplacement.shape })
  .superRefine(checkLink)
  .openapi('IncomeBatchItem')

export const IncomeBatch = batchOf(
  BatchItem,
  'IncomeBatch',
  { put: [{ id: ID_EXAMPLE, amount: 320000, date: '2026-11-25' }], delete: [] },
  checkLinks,
)

/** The answer to a batch. */
export const IncomeBatchResult = answerSchema(() =>
  z.object({ put: z.array(ListedIncome()), delete: z.array(Id) }).openapi('IncomeBatchResult', {
    description: 'The incomes that were put, in the order of the request, and the ids of the deleted ones',
  }),
)

export const IncomePatch = z
  .strictObject({ ...entryPatchMembers, source: Source.optional() })
  .openapi('IncomePatch', { example: { amount: 330000 } })

export const IncomeQuery = z.strictObject(entryFilters).superRefine(checkRanges)

type Row = Pick<
  typeof incomes.$inferSelect,
  | 'id'
  | 'amount'
  | 'currency'
  | 'date'
  | 'exchangeRate'
  | 'baseAmount'
  | 'source'
  | 'note'
  | 'planId'
  | 'planDue'
  | 'createdAt'
  | 'updatedAt'
>

export const toIncome = (row: Row): z.infer<ReturnType<typeof Income>> => ({
  ...toEntry(row),
  source: row.source,
  note: row.note,
  ...toLink(row),
  ...toEntryTimes(row),
})
