import { toSafeInteger } from '../../shared/money.ts'
import { occurrencesBetween, type Rule } from '../plans/occurrence.ts'
import type { PlanRow } from '../plans/table.ts'

/** A plan, and the days on which it was due and is posted: those of the month, others do no harm. */
export type PlannedRow = Rule & Pick<PlanRow, 'id' | 'kind' | 'categoryId' | 'baseAmount'> & { postedDays: string[] }

/** What departs from the rule of a plan on the day `due`: `isClosed` where it is posted or skipped. */
export type Exception = { planId: string; due: string; date: string; baseAmount: number | null; isClosed: number }

/**
 * What is planned in a month and neither posted nor skipped, in minor units of the user's currency, by target: a category,
 * `none` for expenses without one, `overall` for all of them, or `income`.
 */
export type Planned = Map<string, number>

/** What is open of one plan from one day to another, both inclusive: an occurrence counts on the day to which it is moved. */
const plannedOf = (plan: PlannedRow, exceptions: Exception[], from: string, to: string) => {
  const apart = new Set([...plan.postedDays, ...exceptions.map(({ due }) => due)])
  const asRuled = occurrencesBetween(plan, from, to).filter(({ due }) => !apart.has(due)).length * plan.baseAmount
  return exceptions
    .filter(({ date, isClosed }) => !isClosed && date >= from && date <= to)
    .filter(({ due }) => occurrencesBetween(plan, due, due).length > 0)
    .reduce((sum, { baseAmount }) => sum + (baseAmount ?? plan.baseAmount), asRuled)
}

/**
 * What is planned in the month with these borders, whether it is overdue or to come. `exceptions` are those that are due in
 * the month or moved into it; others do no harm.
 */
export const plannedIn = (
  plans: PlannedRow[],
  exceptions: Exception[],
  { from, to }: { from: string; to: string },
): Planned => {
  const byPlan = Map.groupBy(exceptions, ({ planId }) => planId)
  const planned: Planned = new Map()
  for (const plan of plans) {
    const amount = plannedOf(plan, byPlan.get(plan.id) ?? [], from, to)
    const targets = plan.kind === 'income' ? ['income'] : ['overall', plan.categoryId ?? 'none']
    for (const target of targets) planned.set(target, toSafeInteger((planned.get(target) ?? 0) + amount))
  }
  return planned
}
