import * as z from 'zod'
import { pageQuery } from '../../http/pagination.ts'
import { Amount, Currency, Day, DryRunQuery, docs, ID_EXAMPLE, Id, idOr, SeenTag } from '../../http/schema.ts'
import { clampedDayOf, toMonthNumber } from '../../shared/calendar.ts'
import { batchOf } from '../ledger/batch.ts'
import { ExchangeRate, newEntryMembers } from '../ledger/schema.ts'
import {
  Every,
  Kind,
  MonthDay,
  NewRepeat,
  PlannedCategoryId,
  PlannedMerchant,
  PlannedNote,
  PlannedSource,
  PlannedTags,
  Post,
  Start,
  Unit,
  Until,
} from './member-schema.ts'
import { messages } from './problems.ts'
import type { PlanRow } from './table.ts'

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
  repeat: NewRepeat.default(null),
  until: Until.default(null),
  post: Post.default('confirm'),
}

type Checked = Pick<PlanRow, 'kind' | 'categoryId' | 'merchant' | 'source' | 'tags' | 'start' | 'until'> & {
  repeat: z.infer<typeof NewRepeat>
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

const BatchItem = z
  .strictObject({ id: Id, etag: SeenTag, ...newPlanMembers })
  .superRefine(checkPlan)
  .openapi('PlanBatchItem')

export const PlanBatch = batchOf(BatchItem, 'PlanBatch', {
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
      .openapi('PlanRepeatPatch')
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
  categoryId: idOr('none')
    .optional()
    .register(docs, { description: 'Only plans with this category, or `none` for plans without one' }),
  ...pageQuery,
})
