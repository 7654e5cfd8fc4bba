import * as z from 'zod'
import { pageOf } from '../../http/pagination.ts'
import { Amount, answerSchema, Currency, docs, Id, tagged } from '../../http/schema.ts'
import { ExchangeRate, entryTimes, toEntryTimes } from '../ledger/schema.ts'
import {
  Kind,
  PlannedCategoryId,
  PlannedMerchant,
  PlannedNote,
  PlannedSource,
  Post,
  Repeat,
  Start,
  Until,
} from './member-schema.ts'
import type { PlanRow } from './table.ts'

export const Plan = answerSchema(() =>
  z
    .object({
      id: Id,
      kind: Kind,
      amount: Amount.openapi({ example: 90_000 }),
      currency: Currency,
      exchangeRate: ExchangeRate,
      baseAmount: Amount.openapi({
        description: "The amount in minor units of the user's currency, rounded half to even",
        example: 90_000,
      }),
      categoryId: PlannedCategoryId,
      merchant: PlannedMerchant,
      source: PlannedSource,
      note: PlannedNote,
      tags: z.array(z.string()).register(docs, { example: ['home'] }),
      start: Start,
      repeat: Repeat(),
      until: Until,
      post: Post,
      previousId: Id.nullable().register(docs, {
        description: 'The plan that this one continues, where that was changed from a day on; else null',
        example: null,
      }),
      ...entryTimes,
    })
    .openapi('Plan', { description: 'An expense or an income to come, once or again and again' }),
)

/** A plan in the answer to its restoration. */
export const RestoredPlan = answerSchema(() =>
  z
    .object({
      ...Plan().shape,
      uncategorized: z.boolean().register(docs, {
        description: 'Whether the plan lost its category, which no longer exists',
        example: false,
      }),
    })
    .openapi('RestoredPlan'),
)

/** One of several. */
const ListedPlan = tagged(Plan, 'ListedPlan')

export const PlanPage = pageOf(ListedPlan, 'PlanPage')

/** The answer to a batch. */
export const PlanBatchResult = answerSchema(() =>
  z.object({ put: z.array(ListedPlan()), delete: z.array(Id) }).openapi('PlanBatchResult', {
    description: 'The plans that were put, in the order of the request, and the ids of the deleted ones',
  }),
)

type Row = Pick<
  PlanRow,
  | 'id'
  | 'kind'
  | 'amount'
  | 'currency'
  | 'exchangeRate'
  | 'baseAmount'
  | 'categoryId'
  | 'merchant'
  | 'source'
  | 'note'
  | 'tags'
  | 'start'
  | 'every'
  | 'unit'
  | 'monthDay'
  | 'until'
  | 'post'
  | 'previousId'
  | 'createdAt'
  | 'updatedAt'
>

export const toPlan = (row: Row): z.infer<ReturnType<typeof Plan>> => ({
  id: row.id,
  kind: row.kind,
  amount: row.amount,
  currency: row.currency,
  exchangeRate: row.exchangeRate,
  baseAmount: row.baseAmount,
  categoryId: row.categoryId,
  merchant: row.merchant,
  source: row.source,
  note: row.note,
  tags: row.tags,
  start: row.start,
  repeat: row.every !== null && row.unit !== null ? { every: row.every, unit: row.unit, day: row.monthDay } : null,
  until: row.until,
  post: row.post,
  previousId: row.previousId,
  ...toEntryTimes(row),
})

/** `uncategorized`: the former category no longer exists. */
export const toRestoredPlan = (row: Row & { formerCategoryId: string | null }) => ({
  ...toPlan(row),
  uncategorized: row.formerCategoryId !== null,
})
