import { z } from '@hono/zod-openapi'
import { pageOf } from '../../http/pagination.ts'
import { Amount, answerSchema, docs, ID_EXAMPLE, Id, lowerCaseText, text } from '../../http/schema.ts'
import { BudgetImpacts } from '../budgets/line-schema.ts'
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
  toEntry,
  toEntryTimes,
} from '../ledger/schema.ts'
import type { expenses } from './table.ts'

type Row = Pick<
  typeof expenses.$inferSelect,
  | 'id'
  | 'amount'
  | 'currency'
  | 'date'
  | 'exchangeRate'
  | 'baseAmount'
  | 'categoryId'
  | 'merchant'
  | 'note'
  | 'tags'
  | 'createdAt'
  | 'updatedAt'
>

const Merchant = text(0, 120, { example: 'Chez Paul' }).nullable()

const RATE = /^\d{1,8}(\.\d{1,10})?$/

const ExchangeRate = z
  .string()
  .refine((rate) => RATE.test(rate) && /[1-9]/.test(rate), {
    params: { code: 'invalid_rate' },
    message: 'Must be a decimal above 0, with up to 8 digits before the point and 10 after it',
  })
  .nullable()
  .register(docs, {
    description:
      "How much of the user's currency one unit of `currency` is worth, as a decimal above 0. Required if `currency` is not the user's, else null",
    pattern: RATE.source,
    example: null,
  })

const CategoryId = Id.nullable().register(docs, {
  description: 'A category of the user, or null. An archived category keeps its expenses but takes no new ones',
})

const Tag = lowerCaseText(1, 32)

/** A set: a tag that is sent twice is stored once. */
const Tags = z
  .array(Tag)
  .max(10)
  .overwrite((tags) => [...new Set(tags)])
  .register(docs, {
    description: 'At most 10. Stored in lower case and without duplicates',
    example: ['client', 'lunch'],
  })

export const Expense = answerSchema(() =>
  z
    .object({
      ...entryMembers,
      exchangeRate: ExchangeRate,
      baseAmount: Amount.openapi({
        description: "The amount in minor units of the user's currency, rounded half to even. Every sum uses it",
      }),
      categoryId: CategoryId,
      merchant: Merchant,
      note: Note,
      tags: z.array(z.string()).register(docs, { example: ['client', 'lunch'] }),
      ...entryTimes,
    })
    .openapi('Expense', { description: 'Money that was spent' }),
)

/** An expense in the answer to a write, with the budget impact of that write. */
export const ExpenseWithImpact = answerSchema(() =>
  z.object({ ...Expense().shape, budget: BudgetImpacts() }).openapi('JudgedExpense'),
)

/** The answer to a batch. */
export const ExpenseBatchResult = answerSchema(() =>
  z.object({ put: z.array(Expense()), delete: z.array(Id), budget: BudgetImpacts() }).openapi('JudgedBatch', {
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

export const ExpensePage = pageOf(Expense, 'ExpensePage', pageTotal)

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
    exchangeRate: ExchangeRate.default(null),
    categoryId: CategoryId.default(null),
    merchant: Merchant.default(null),
    tags: Tags.default([]),
  })
  .openapi('NewExpense', { example })

/** The body of a PUT. */
export const ExpenseReplacement = z
  .strictObject({ ...NewExpense.shape, ...replacementMembers })
  .openapi('ExpenseReplacement', { example })

export const ExpenseBatch = batchOf(z.strictObject({ id: Id, ...ExpenseReplacement.shape }), 'ExpenseBatch', {
  put: [{ id: ID_EXAMPLE, ...example }],
  delete: [],
})

export const ExpensePatch = z
  .strictObject({
    ...entryPatchMembers,
    exchangeRate: ExchangeRate.optional(),
    categoryId: CategoryId.optional(),
    merchant: Merchant.optional(),
    tags: Tags.nullable().optional(),
  })
  .openapi('ExpensePatch', { example: { amount: 1399, note: null } })

export const ExpenseQuery = z
  .strictObject({
    ...entryFilters,
    categoryId: z
      // No example: /apidocs would fill it in.
      .union([Id.openapi({ example: undefined }), z.literal('none')])
      .optional()
      .register(docs, { description: 'Only expenses of this category, or `none` for expenses without one' }),
    tag: Tag.optional().register(docs, { description: 'Only expenses with this tag' }),
  })
  .superRefine(checkRanges)

export const toExpense = (row: Row): z.infer<ReturnType<typeof Expense>> => ({
  ...toEntry(row),
  exchangeRate: row.exchangeRate,
  baseAmount: row.baseAmount,
  categoryId: row.categoryId,
  merchant: row.merchant,
  note: row.note,
  tags: row.tags,
  ...toEntryTimes(row),
})

/** `uncategorized`: the former category no longer exists. */
export const toRestoredExpense = (row: Row & { formerCategoryId: string | null }) => ({
  ...toExpense(row),
  uncategorized: row.formerCategoryId !== null,
})
