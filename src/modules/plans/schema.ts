import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../http/pagination.ts'
import { Amount, answerSchema, Currency, Day, DryRunQuery, docs, ID_EXAMPLE, Id } from '../../http/schema.ts'
import { clampedDayOf, toMonthNumber } from '../../shared/calendar.ts'
import { batchOf } from '../ledger/batch.ts'
import {
  CategoryId,
  ExchangeRate,
  entryTimes,
  Merchant,
  Note,
  newEntryMembers,
  Source,
  Tags,
  toEntryTimes,
} from '../ledger/schema.ts'
import { messages } from './problems.ts'
import type { PlanRow } from './table.ts'

const Kind = z.enum(['expense', 'income']).register(docs, {
  description: 'What it becomes when it is posted. A plan keeps its kind',
  example: 'expense',
})

const Start = Day.openapi({ description: 'The first day on which it is due', example: '2026-11-30' })

const Until = Day.nullable().register(docs, {
  description: 'The last day on which it may be due, inclusive, and not before `start`; null for no end',
  example: null,
})

const Every = z.int().min(1).max(99).register(docs, { description: 'How many units apart', example: 1 })
const Unit = z.enum(['day', 'week', 'month', 'year']).register(docs, { example: 'month' })

const MonthDay = z
  .int()
  .min(29)
  .max(31)
  .nullable()
  .register(docs, {
    description:
      'The day of the month on which it is due, of months and years, where `start` is the last day of a month that is too ' +
      'short for it: 31 is the last day of every month. Null for the day of `start`',
    example: null,
  })

const Repeat = z
  .strictObject({ every: Every, unit: Unit, day: MonthDay.default(null) })
  .nullable()
  .register(docs, {
    description:
      'How often it is due, counted from `start`; null for once. In a month that is too short it is due on the last day: ' +
      '31 January, 28 February, 31 March',
  })

const Post = z.enum(['confirm', 'auto']).register(docs, {
  description:
    "Whether each one waits until you post it, or is posted by itself on its day. Only `confirm` if the currency is not the user's: each posting needs the rate of its day",
  example: 'confirm',
})

const OF_EXPENSES = 'Plans of the kind `income` do not have it: null'
const PlannedMerchant = Merchant.openapi({ description: OF_EXPENSES, example: 'Landlord' })
const PlannedSource = Source.openapi({
  description: 'Plans of the kind `expense` do not have it: null',
  example: null,
})
const PlannedCategoryId = CategoryId.openapi({
  description: `A category of the user that is not archived, or null. ${OF_EXPENSES}`,
})
const PlannedTags = Tags.openapi({
  description: 'At most 10. Stored in lower case and without duplicates. Plans of the kind `income` have none',
  example: ['home'],
})
const PlannedNote = Note.openapi({ example: 'Flat 4' })

export const Plan = answerSchema(() =>
  z
    .object({
      id: Id,
      kind: Kind,
      amount: Amount.openapi({ example: 90_000 }),
      currency: Currency,
      exchangeRate: ExchangeRate,
      baseAmount: Amount.openapi({
        description: "The amount in minor units of the user's currency, rounded half to even: what a month plans with",
        example: 90_000,
      }),
      categoryId: PlannedCategoryId,
      merchant: PlannedMerchant,
      source: PlannedSource,
      note: PlannedNote,
      tags: z.array(z.string()).register(docs, { example: ['home'] }),
      start: Start,
      repeat: Repeat,
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

export const PlanPage = pageOf(Plan, 'PlanPage')

/** The answer to a batch. */
export const PlanBatchResult = answerSchema(() =>
  z.object({ put: z.array(Plan()), delete: z.array(Id) }).openapi('PlanBatchResult', {
    description: 'The plans that were put, in the order of the request, and the ids of the deleted ones',
  }),
)

const newPlanMembers = {
  kind: Kind,
  amount: Amount.openapi({ example: 90_000 }),
  currency: newEntryMembers.currency,
  exchangeRate: ExchangeRate.default(null),
  categoryId: PlannedCategoryId.default(null),
  merchant: PlannedMerchant.default(null),
  source: PlannedSource.default(null),
  note: PlannedNote.default(null),
  tags: PlannedTags.default([]),
  start: Start,
  repeat: Repeat.default(null),
  until: Until.default(null),
  post: Post.default('confirm'),
}

type Checked = Pick<PlanRow, 'kind' | 'categoryId' | 'merchant' | 'source' | 'tags' | 'start' | 'until'> & {
  repeat: z.infer<typeof Repeat>
}

/** Refuses what a plan of the other kind has, and an end before the start. */
const checkPlan = (plan: Checked, context: z.RefinementCtx) => {
  const fault = (path: string[], code: keyof typeof messages) =>
    context.addIssue({ code: 'custom', path, params: { code }, message: messages[code] })
  if (plan.kind === 'expense' && plan.source !== null) fault(['source'], 'not_of_kind')
  if (plan.kind === 'income') {
    if (plan.categoryId !== null) fault(['categoryId'], 'not_of_kind')
    if (plan.merchant !== null) fault(['merchant'], 'not_of_kind')
    if (plan.tags.length > 0) fault(['tags'], 'not_of_kind')
  }
  const { unit, day = null } = plan.repeat ?? {}
  const month = toMonthNumber(plan.start.slice(0, 7))
  const fits = (unit === 'month' || unit === 'year') && clampedDayOf(month, day ?? 1) === plan.start
  if (day !== null && !fits) fault(['repeat', 'day'], 'not_of_start')
  if (plan.until !== null && plan.until < plan.start) fault(['until'], 'before_start')
}

const example = {
  kind: 'expense',
  amount: 90_000,
  merchant: 'Landlord',
  start: '2026-11-30',
  repeat: { every: 1, unit: 'month' },
}

export const NewPlan = z.strictObject(newPlanMembers).superRefine(checkPlan).openapi('NewPlan', { example })

export const PlanBatch = batchOf(z.strictObject({ id: Id, ...newPlanMembers }).superRefine(checkPlan), 'PlanBatch', {
  put: [{ id: ID_EXAMPLE, ...example }],
  delete: [],
})

export const PlanPatch = z
  .strictObject({
    amount: Amount.optional().openapi({ example: 95_000 }),
    currency: Currency.optional(),
    exchangeRate: ExchangeRate.optional(),
    categoryId: PlannedCategoryId.optional(),
    merchant: PlannedMerchant.optional(),
    source: PlannedSource.optional(),
    note: PlannedNote.optional(),
    tags: PlannedTags.nullable().optional(),
    start: Start.optional(),
    repeat: z
      .strictObject({ every: Every.optional(), unit: Unit.optional(), day: MonthDay.optional() })
      .nullable()
      .optional()
      .register(docs, {
        description:
          'Must have both `every` and `unit` where the plan does not repeat yet. With another `start` or `unit`, `day` is ' +
          'null unless you send it',
      }),
    until: Until.optional(),
    post: Post.optional(),
  })
  .openapi('PlanPatch', { example: { amount: 95_000 } })

export const PlanPatchQuery = z.strictObject({
  from: Day.optional().register(docs, {
    description:
      'Changes the plan from this day on: after its start, and not after the last day on which it is due. `start`, where ' +
      'you send it, must not be before `from`',
  }),
  ...DryRunQuery.shape,
})

export const PlanQuery = z.strictObject({
  kind: Kind.optional().openapi({ description: 'Only plans of this kind', example: undefined }),
  categoryId: z
    // No example: /apidocs would fill it in.
    .union([Id.openapi({ example: undefined }), z.literal('none')])
    .optional()
    .register(docs, { description: 'Only plans with this category, or `none` for plans without one' }),
  ...pageQuery,
})

type Row = Omit<PlanRow, 'userId' | 'baseCurrency' | 'formerCategoryId' | 'deletedAt' | 'revision'>

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
