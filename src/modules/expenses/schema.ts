import * as z from 'zod'
import { pageOf } from '../../http/pagination.ts'
import { answerSchema, docs, ID_EXAMPLE, Id, idOr, queryBoolean, SeenTag, tagged } from '../../http/schema.ts'
import { BudgetImpacts } from '../budgets/line-schema.ts'
import { batchOf } from '../ledger/batch.ts'
import {
  CategoryId,
  checkLink,
  checkLinks,
  checkRanges,
  entryFilters,
  entryMembers,
  entryPatchMembers,
  entryTimes,
  linkMembers,
  Merchant,
  Note,
  newEntryMembers,
  pageTotal,
  replacementMembers,
  Tag,
  Tags,
  toEntry,
  toEntryTimes,
  toLink,
} from '../ledger/schema.ts'
import type { expenses } from './table.ts'

type Row = Pick<
  typeof expenses.$inferSelect,
  | 'id'
  | 'amount'
  | 'refund'
  | 'currency'
  | 'date'
  | 'exchangeRate'
  | 'baseAmount'
  | 'categoryId'
  | 'merchant'
  | 'note'
  | 'tags'
  | 'planId'
  | 'planDue'
  | 'createdAt'
  | 'updatedAt'
>

const Refund = z.boolean().register(docs, {
  description: 'Whether it gives money back: then `amount` counts negatively in every sum',
  example: false,
})

export const Expense = answerSchema(() =>
  z
    .object({
      ...entryMembers,
      refund: Refund,
      categoryId: CategoryId,
      merchant: Merchant,
      note: Note,
      tags: z.array(z.string()).register(docs, { example: ['client', 'lunch'] }),
      ...linkMembers,
      ...entryTimes,
    })
    .openapi('Expense', { description: 'Money that was spent or, as a refund, that came back' }),
)

/** An expense in the answer to a write, with the budget impact of that write. */
export const ExpenseWithBudget = answerSchema(() =>
  z.object({ ...Expense().shape, budget: BudgetImpacts() }).openapi('ExpenseWithBudget'),
)

/** The answer to a batch. */
export const ExpenseBatchResult = answerSchema(() =>
  z
    .object({ put: z.array(ListedExpense()), delete: z.array(Id), budget: BudgetImpacts() })
    .openapi('ExpenseBatchResult', {
      description: 'The expenses that were put, in the order of the request, and the ids of the deleted ones',
    }),
)

/** An expense in the answer to its restoration. */
export const RestoredExpense = answerSchema(() =>
  z
    .object({
      ...Expense().shape,
      uncategorized: z.boolean().register(docs, {
        description: 'Whether the expense lost its category, which no longer exists',
        example: false,
      }),
      budget: BudgetImpacts(),
    })
    .openapi('RestoredExpense'),
)

/** One of several. */
const ListedExpense = tagged(Expense, 'ListedExpense')

export const ExpensePage = pageOf(ListedExpense, 'ExpensePage', pageTotal)

const example = {
  amount: 1299,
  date: '2026-11-23',
  merchant: 'Chez Paul',
  note: 'Team lunch',
  tags: ['client', 'lunch'],
}

export const NewExpense = z
  .strictObject({
    ...newEntryMembers,
    refund: Refund.default(false),
    categoryId: CategoryId.default(null),
    merchant: Merchant.default(null),
    tags: Tags.default([]),
  })
  .openapi('NewExpense', { example })

/** The body of a PUT. */
export const ExpenseReplacement = z
  .strictObject({ ...NewExpense.shape, ...replacementMembers })
  .superRefine(checkLink)
  .openapi('ExpenseReplacement', { example })

const BatchItem = z
  .strictObject({ id: Id, etag: SeenTag, ...ExpenseReplacement.shape })
  .superRefine(checkLink)
  .openapi('ExpenseBatchItem')

export const ExpenseBatch = batchOf(
  BatchItem,
  'ExpenseBatch',
  { put: [{ id: ID_EXAMPLE, ...example }], delete: [] },
  checkLinks,
)

export const ExpensePatch = z
  .strictObject({
    ...entryPatchMembers,
    refund: Refund.optional(),
    categoryId: CategoryId.optional(),
    merchant: Merchant.optional(),
    tags: Tags.nullable().optional(),
  })
  .openapi('ExpensePatch', { example: { amount: 1399, note: null } })

export const ExpenseQuery = z
  .strictObject({
    ...entryFilters,
    categoryId: idOr('none')
      .optional()
      .register(docs, { description: 'Only expenses of this category, or `none` for expenses without one' }),
    tag: Tag.optional().register(docs, { description: 'Only expenses with this tag' }),
    refund: queryBoolean('`true`: only refunds; `false`: only expenses that are none; left out: both'),
  })
  .superRefine(checkRanges)

export const toExpense = (row: Row): z.infer<ReturnType<typeof Expense>> => ({
  ...toEntry(row),
  refund: row.refund,
  categoryId: row.categoryId,
  merchant: row.merchant,
  note: row.note,
  tags: row.tags,
  ...toLink(row),
  ...toEntryTimes(row),
})

/** `uncategorized`: the former category no longer exists. */
export const toRestoredExpense = (row: Row & { formerCategoryId: string | null }) => ({
  ...toExpense(row),
  uncategorized: row.formerCategoryId !== null,
})
