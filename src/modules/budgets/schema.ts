import * as z from 'zod'
import { pageOf } from '../../http/pagination.ts'
import { answerSchema, DryRunQuery, docs } from '../../http/schema.ts'
import { toMonthName } from '../../shared/calendar.ts'
import type { LineRow } from './line-queries.ts'
import { AlertPercents, BudgetImpacts, Limit, MonthName, MonthOrCurrent, Rollover, Target } from './line-schema.ts'
import type { BudgetRow } from './table.ts'

const Scope = z.enum(['onward', 'month']).openapi('BudgetScope', {
  description:
    '`onward`: from this month on, until another one is set. `month`: in this month alone. If left out: `onward`',
  example: 'onward',
})

export const BudgetParams = z.strictObject({
  month: MonthOrCurrent,
  target: Target.openapi({ param: { name: 'target', in: 'path' }, example: 'overall' }),
})

export const Budget = answerSchema(() =>
  z
    .object({
      target: Target,
      month: MonthName,
      limit: Limit,
      rollover: Rollover,
      alertPercents: z.array(z.int()).register(docs, { example: [80, 100] }),
      scope: Scope,
      setIn: MonthName.openapi({ description: 'The month in which it was set', example: '2026-09' }),
    })
    .openapi('Budget', { description: 'The limit on a target that is in force in a month' }),
)

export const BudgetPage = pageOf(Budget, 'BudgetPage')

/** A budget as it was set, for `/v1/changes`. */
export const BudgetSetting = answerSchema(() =>
  z
    .object({
      target: Target,
      month: MonthName.openapi({ description: 'The month in which it was set', example: '2026-09' }),
      scope: Scope,
      limit: Limit.nullable().openapi({ description: 'Null if this setting ends the budget that held before' }),
      rollover: Rollover,
      alertPercents: z.array(z.int()).register(docs, { example: [80, 100] }),
    })
    .openapi('BudgetSetting', {
      description: 'A budget as it was set. In a month, one of scope `month` is in force, else the latest `onward` one',
    }),
)

/** A budget in the answer to a PUT, with the impact of that write. */
export const BudgetWithImpact = answerSchema(() =>
  z.object({ ...Budget().shape, budget: BudgetImpacts() }).openapi('BudgetWithImpact'),
)

export const NewBudget = z
  .strictObject({
    limit: Limit,
    rollover: Rollover.optional(),
    alertPercents: AlertPercents.optional(),
    scope: Scope.default('onward'),
  })
  .openapi('NewBudget', { example: { limit: 40_000, rollover: 'surplus' } })

export const ScopeQuery = z.strictObject({ ...DryRunQuery.shape, scope: Scope.default('onward') })

/** The columns that a budget is made of. */
type Setting = Pick<LineRow, 'target' | 'month' | 'limit' | 'rollover' | 'alertPercents' | 'scope' | 'setIn'>

/** None of them is null if there is a limit. */
type Limited = { [K in keyof Setting]: NonNullable<Setting[K]> }

/** The budget of a line that has a limit, or of a stored budget. */
export const toBudget = (row: Setting): z.infer<ReturnType<typeof Budget>> => {
  const { target, month, limit, rollover, alertPercents, scope, setIn } = row as Limited
  return { target, month: toMonthName(month), limit, rollover, alertPercents, scope, setIn: toMonthName(setIn) }
}

/** The body of a stored budget. */
export const toBudgetSetting = (row: BudgetRow): z.infer<ReturnType<typeof BudgetSetting>> => ({
  target: row.target,
  month: toMonthName(row.month),
  scope: row.scope,
  limit: row.limit,
  rollover: row.rollover,
  alertPercents: row.alertPercents,
})
