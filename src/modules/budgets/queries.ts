import { and, desc, eq, isNotNull, isNull, lte, ne, notExists, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { guard } from '../../db/guard.ts'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { monthNamed } from '../months/queries.ts'
import type { BudgetParams, NewBudget } from './schema.ts'
import { type BudgetRow, budgets } from './table.ts'

type Place = z.infer<typeof BudgetParams>
type Scope = BudgetRow['scope']

const OVERALL = 'overall'

const categoryOf = (target: string) => (target === OVERALL ? null : target)

/** The constraint that a batch breaks whose budget is on nothing of the actor's. */
export const NO_SUCH_TARGET = 'no_such_target'

export const targetGuards = ({ userId }: Actor, target: string) =>
  target === OVERALL
    ? []
    : [guard(NO_SUCH_TARGET, sql`EXISTS (SELECT 1 FROM categories WHERE user_id = ${userId} AND id = ${target})`)]

const ofTarget = ({ userId }: Actor, target: string, scope: Scope) =>
  and(eq(budgets.userId, userId), eq(budgets.target, target), eq(budgets.scope, scope))

const isSetAt = (actor: Actor, { target, month }: Place, scope: Scope) =>
  and(ofTarget(actor, target, scope), eq(budgets.month, monthNamed(actor, month)), isNotNull(budgets.limit))

/** The budget that is set in exactly this month, in this scope. */
export const budgetSetAt = (actor: Actor, place: Place, scope: Scope) =>
  statements
    .select({ month: budgets.month })
    .from(budgets)
    .where(isSetAt(actor, place, scope))

/** Sets a budget, in place of one that is set in the same month and scope. */
export const putBudget = (actor: Actor, { target, month }: Place, { scope, ...setting }: z.infer<typeof NewBudget>) =>
  statements
    .insert(budgets)
    .values({
      userId: actor.userId,
      target,
      scope,
      month: monthNamed(actor, month),
      categoryId: categoryOf(target),
      ...setting,
    })
    .onConflictDoUpdate({ target: [budgets.userId, budgets.target, budgets.scope, budgets.month], set: setting })
    .returning()

const endOverride = (actor: Actor, place: Place) =>
  statements
    .delete(budgets)
    .where(isSetAt(actor, place, 'month'))
    .returning({ month: budgets.month })

const endOnward = (actor: Actor, { target, month }: Place) => {
  const number = monthNamed(actor, month)
  const latest = statements
    .select()
    .from(budgets)
    .where(and(ofTarget(actor, target, 'onward'), lte(budgets.month, number)))
    .orderBy(desc(budgets.month))
    .limit(1)
  return statements
    .insert(budgets)
    .select(
      sql`SELECT user_id, target, scope, ${number}, category_id, NULL, rollover, alert_percents
        FROM (${latest.getSQL()}) WHERE limit_amount IS NOT NULL`,
    )
    .onConflictDoUpdate({
      target: [budgets.userId, budgets.target, budgets.scope, budgets.month],
      set: { limit: null },
    })
    .returning({ month: budgets.month })
}

/** Ends the budget that holds from this month on, or lifts the override of this month. Returns a row if there is one. */
export const endBudget = (actor: Actor, place: Place, scope: Scope) =>
  scope === 'month' ? endOverride(actor, place) : endOnward(actor, place)

/** Deletes the ends before which nothing held: a budget that was set and ended in one month leaves no trace. */
export const forgetIdleEnds = (actor: Actor, target: string) =>
  statements.delete(budgets).where(
    and(
      ofTarget(actor, target, 'onward'),
      isNull(budgets.limit),
      sql`(SELECT earlier.limit_amount FROM budgets AS earlier
        WHERE earlier.user_id = budgets.user_id AND earlier.target = budgets.target AND earlier.scope = 'onward'
          AND earlier.month < budgets.month ORDER BY earlier.month DESC LIMIT 1) IS NULL`,
    ),
  )

const isOn = ({ userId }: Actor, categoryId: string) => and(eq(budgets.userId, userId), eq(budgets.target, categoryId))

/** Moves the budgets of a category to another one, unless that has budgets of its own. */
export const moveBudgets = (actor: Actor, from: string, to: string) =>
  statements
    .update(budgets)
    .set({ target: to, categoryId: to })
    .where(
      and(
        isOn(actor, from),
        notExists(statements.select({ month: budgets.month }).from(budgets).where(isOn(actor, to))),
      ),
    )

/** Deletes the budgets that `moveBudgets` left; none where both are the same category. */
export const dropBudgets = (actor: Actor, from: string, to: string) =>
  statements.delete(budgets).where(and(isOn(actor, from), ne(budgets.target, to)))
