import { and, desc, eq, getTableColumns, isNotNull, isNull, lte, ne, notExists, type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { isChanged } from '../../db/changed.ts'
import { guard } from '../../db/guard.ts'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { revisionOf } from '../changes/revision.ts'
import { lineColumns, linesOf } from '../months/lines.ts'
import { monthNamed, oneTarget } from '../months/queries.ts'
import type { BudgetParams, NewBudget } from './schema.ts'
import { type BudgetRow, budgets } from './table.ts'

/** The id of a budget among the changes, `month/target/scope`, as the triggers in drizzle/0001_triggers.sql make it. */
const budgetId = (month: SQL, target: SQL, scope: SQL) =>
  sql<string>`printf('%04d-%02d/%s/%s', ${month} / 12, ${month} % 12 + 1, ${target}, ${scope})`

/** The same, of a row of the table. */
const ownId = budgetId(sql`budgets.month`, sql`budgets.target`, sql`budgets.scope`)

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
    .select({ ...getTableColumns(budgets), revision: revisionOf(actor, 'budget', ownId) })
    .from(budgets)
    .where(isSetAt(actor, place, scope))

/** The budget in force, with its revision. */
export const budgetInForce = (actor: Actor, place: Place) =>
  statements
    .select({
      ...lineColumns,
      revision: revisionOf(actor, 'budget', budgetId(lineColumns.setIn, lineColumns.target, lineColumns.scope)),
    })
    .from(linesOf(actor, oneTarget(actor, place)))
    .where(isNotNull(lineColumns.limit))

/**
 * The revision of the budget that a write of this scope supersedes, for its preconditions: onward, the one that holds
 * onward; in one month, the one in force.
 */
export const supersededRevision = (actor: Actor, { target, month }: Place, scope: Scope) => {
  const number = monthNamed(actor, month)
  const override = scope === 'onward' ? sql`FALSE` : sql`scope = 'month' AND month = ${number}`
  return revisionOf(
    actor,
    'budget',
    // By scope: an override, 'month', goes before what holds 'onward'.
    sql`(SELECT id FROM (
      SELECT ${ownId} AS id, limit_amount FROM budgets
      WHERE user_id = ${actor.userId} AND target = ${target}
        AND (${override} OR scope = 'onward' AND month <= ${number})
      ORDER BY scope, month DESC LIMIT 1
    ) WHERE limit_amount IS NOT NULL)`,
  )
}

/** The revision of the budget that is set in exactly this month, in this scope: of what a PUT replaces. */
export const settingRevision = (actor: Actor, place: Place, scope: Scope) =>
  sql`(SELECT ${revisionOf(actor, 'budget', ownId)} FROM budgets WHERE ${isSetAt(actor, place, scope)})`

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
    .onConflictDoUpdate({
      target: [budgets.userId, budgets.target, budgets.scope, budgets.month],
      set: setting,
      setWhere: isChanged(budgets),
    })

const endOverride = (actor: Actor, place: Place) => statements.delete(budgets).where(isSetAt(actor, place, 'month'))

/** The latest setting that holds onward in this month, or has ended. */
const latestOnward = (actor: Actor, { target, month }: Place) =>
  statements
    .select()
    .from(budgets)
    .where(and(ofTarget(actor, target, 'onward'), lte(budgets.month, monthNamed(actor, month))))
    .orderBy(desc(budgets.month))
    .limit(1)

/** The budget that `endBudget` ends. */
export const budgetHeldAt = (actor: Actor, place: Place, scope: Scope) =>
  statements.all(
    scope === 'month'
      ? sql`SELECT 1 FROM budgets WHERE ${isSetAt(actor, place, scope)}`
      : sql`SELECT 1 FROM (${latestOnward(actor, place).getSQL()}) WHERE limit_amount IS NOT NULL`,
  )

const endOnward = (actor: Actor, place: Place) =>
  statements
    .insert(budgets)
    .select(
      sql`SELECT user_id, target, scope, ${monthNamed(actor, place.month)}, category_id, NULL, rollover, alert_percents
        FROM (${latestOnward(actor, place).getSQL()}) WHERE limit_amount IS NOT NULL`,
    )
    .onConflictDoUpdate({
      target: [budgets.userId, budgets.target, budgets.scope, budgets.month],
      set: { limit: null },
    })

/** Ends the budget that holds from this month on, or lifts the override of this month. */
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
