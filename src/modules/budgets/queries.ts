import { and, eq, getTableColumns, isNotNull, type SQL, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { type Guard, requires } from '../../db/guard.ts'
import { bound, compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { categoryNotFound } from '../categories/problems.ts'
import { categories } from '../categories/table.ts'
import { currentRevision, forgetDeletions, noteDeletions } from '../ledger/revision.ts'
import { type ClockNames, clockOf, monthIn, monthNamed, monthParam } from '../users/calendar-queries.ts'
import { limitImpact, noteLimit } from './impact.ts'
import { lineColumns, linesAt } from './line-queries.ts'
import { budgetNotFound } from './problems.ts'
import type { BudgetParams, NewBudget } from './schema.ts'
import { type BudgetRow, budgets } from './table.ts'

const OVERALL = 'overall'

type MonthTarget = z.infer<typeof BudgetParams>
type Scope = BudgetRow['scope']
type MonthTargetNames = 'userId' | 'month' | 'target' | ClockNames

const valuesOf = (actor: Actor, { target, month }: MonthTarget) => ({
  userId: actor.userId,
  target,
  month: monthParam(month),
  ...clockOf(actor),
})

/** The id of a budget among the changes, of a row of the table: `month/target/scope`. */
export const budgetId = sql<string>`printf('%04d-%02d/%s/%s', month / 12, month % 12 + 1, target, scope)`

/** The same, of the deletions. */
export const resource = sql`'budget/' || ${budgetId} AS resource`

const requireTarget = compile(({ userId, target }: Params<'userId' | 'target'>) =>
  requires(sql`EXISTS (SELECT 1 FROM categories WHERE user_id = ${userId} AND id = ${target})`),
)

/** Requires that the target is `overall` or a category of the actor. */
const targetExists = ({ userId }: Actor, target: string): Guard[] =>
  target === OVERALL ? [] : [{ statement: requireTarget({ userId, target }), problem: () => categoryNotFound() }]

const selectLimits = compileEach((params: Params<Exclude<MonthTargetNames, 'target'>>, isCurrent: boolean) => {
  const { userId } = params
  const everyTarget = sql`SELECT target, month FROM (SELECT ${monthIn(params, isCurrent)} AS month),
    (SELECT 'overall' AS target UNION ALL SELECT id FROM categories WHERE user_id = ${userId})`
  return statements
    .select(lineColumns)
    .from(linesAt(userId, everyTarget))
    .leftJoin(categories, and(eq(categories.userId, userId), eq(categories.id, lineColumns.target)))
    .where(sql`lines.limit_amount IS NOT NULL`)
    .orderBy(sql`lines.target <> 'overall'`, categories.nameFolded, categories.id)
})

/** The lines of a month with a limit in force: `overall`, then the categories by name. */
export const limitsIn = (actor: Actor, month: string) =>
  selectLimits(month === 'current')({ userId: actor.userId, month: monthParam(month), ...clockOf(actor) })

/** What is set in a month and scope is the row of that key; what ended there has a row with no limit. */
const isSetAt = (
  params: Params<MonthTargetNames>,
  scope: Scope,
) => sql`user_id = ${params.userId} AND target = ${params.target}
  AND scope = ${sql.raw(`'${scope}'`)} AND month = ${monthNamed(params)}`

const selectSetAt = compileEach((params: Params<MonthTargetNames>, scope: Scope) =>
  statements
    .select(getTableColumns(budgets))
    .from(budgets)
    .where(and(isSetAt(params, scope), isNotNull(budgets.limit))),
)

/** The budget that is set in exactly this month, in this scope. */
export const budgetSetAt = (actor: Actor, at: MonthTarget, scope: Scope) => selectSetAt(scope)(valuesOf(actor, at))

const selectInForce = compile((params: Params<MonthTargetNames>) => {
  const wanted = sql`SELECT ${params.target} AS target, ${monthNamed(params)} AS month`
  const setting = sql`budgets WHERE user_id = ${params.userId} AND target = lines.target AND scope = lines.scope
    AND month = lines.set_in`
  return statements
    .select({ ...lineColumns, revision: sql<number>`(SELECT revision FROM ${setting})` })
    .from(linesAt(params.userId, wanted))
    .where(sql`lines.limit_amount IS NOT NULL`)
})

/** The budget in force, with its revision. */
export const budgetInForce = (actor: Actor, at: MonthTarget) => selectInForce(valuesOf(actor, at))

/** The latest setting that holds in a month or has ended by then: onward, or also that of the month alone. */
const latest = (params: Params<MonthTargetNames>, scope: Scope) => {
  const month = monthNamed(params)
  const override = scope === 'month' ? sql`scope = 'month' AND month = ${month} OR` : sql``
  return sql`(SELECT * FROM budgets WHERE user_id = ${params.userId} AND target = ${params.target}
    AND (${override} scope = 'onward' AND month <= ${month}) ORDER BY scope, month DESC LIMIT 1)`
}

/** A column of the budget that a write of this scope supersedes: onward, the one that holds onward; else the one in force. */
const superseded = (params: Params<MonthTargetNames>, scope: Scope, column: string) =>
  sql`(SELECT ${sql.raw(column)} FROM ${latest(params, scope)} WHERE limit_amount IS NOT NULL)`

/** The revision of the budget that is set in exactly this month, in this scope: of what a PUT replaces. */
const settingRevision = (params: Params<MonthTargetNames>, scope: Scope) =>
  sql`(SELECT revision FROM budgets WHERE ${isSetAt(params, scope)} AND limit_amount IS NOT NULL)`

const note = compile((params: Params<MonthTargetNames>) => noteLimit(params.userId, params.target, monthNamed(params)))

type SettingNames = 'categoryId' | 'limit' | 'rollover' | 'alertPercents'

const insertSetting = compileEach(
  (params: Params<MonthTargetNames | SettingNames>, scope: Scope) => sql`
  INSERT INTO budgets
    (user_id, target, scope, month, category_id, limit_amount, rollover, alert_percents, revision)
  VALUES (${params.userId}, ${params.target}, ${sql.raw(`'${scope}'`)}, ${monthNamed(params)}, ${params.categoryId},
    ${params.limit}, coalesce(${params.rollover}, ${superseded(params, scope, 'rollover')}, 'none'),
    coalesce(${params.alertPercents}, ${superseded(params, scope, 'alert_percents')}, '[80,100]'),
    ${currentRevision(params.userId)})
  ON CONFLICT DO UPDATE SET limit_amount = excluded.limit_amount, rollover = excluded.rollover,
    alert_percents = excluded.alert_percents, revision = excluded.revision
  WHERE (limit_amount, rollover, alert_percents)
    IS NOT (excluded.limit_amount, excluded.rollover, excluded.alert_percents)`,
)

/** Forgets that budgets of a target were deleted which are there again. */
export const forgetDeleted = compile(({ userId, target }: Params<'userId' | 'target'>) =>
  forgetDeletions(userId, sql`SELECT ${resource} FROM budgets WHERE user_id = ${userId} AND target = ${target}`),
)

/**
 * Sets a budget, in place of one that is set in the same month and scope. What the body leaves out stays what it is in the
 * budget that this one supersedes.
 */
export const putBudget = (actor: Actor, at: MonthTarget, { scope, ...setting }: z.infer<typeof NewBudget>) => {
  const params = valuesOf(actor, at)
  const categoryId = at.target === OVERALL ? null : at.target
  const { limit, rollover = null } = setting
  const alertPercents = setting.alertPercents ? JSON.stringify(setting.alertPercents) : null
  return {
    guards: targetExists(actor, at.target),
    bookkeeping: limitImpact(actor, note(params)),
    write: [insertSetting(scope)({ ...params, limit, rollover, categoryId, alertPercents }), forgetDeleted(params)],
  }
}

const requireHeld = compileEach((params: Params<MonthTargetNames>, scope: Scope) =>
  requires(
    scope === 'month'
      ? sql`EXISTS (SELECT 1 FROM budgets WHERE ${isSetAt(params, scope)})`
      : sql`(SELECT limit_amount FROM ${latest(params, scope)}) IS NOT NULL`,
  ),
)

const noteOverride = compile((params: Params<MonthTargetNames>) =>
  noteDeletions(params.userId, sql`SELECT ${resource} FROM budgets WHERE ${isSetAt(params, 'month')}`),
)

const deleteOverride = compile(
  (params: Params<MonthTargetNames>) => sql`DELETE FROM budgets WHERE ${isSetAt(params, 'month')}`,
)

const insertEnd = compile(
  (params: Params<MonthTargetNames>) => sql`
  INSERT INTO budgets (user_id, target, scope, month, category_id, limit_amount, rollover, alert_percents, revision)
  SELECT user_id, target, scope, ${monthNamed(params)}, category_id, NULL, rollover, alert_percents,
    ${currentRevision(params.userId)} FROM ${latest(params, 'onward')} WHERE limit_amount IS NOT NULL
  ON CONFLICT DO UPDATE SET limit_amount = NULL, revision = excluded.revision`,
)

/** The ends before which nothing held: a budget that was set and ended in one month leaves no trace. */
const idleEnds = ({ userId, target }: Params<'userId' | 'target'>) => sql`budgets
  WHERE user_id = ${userId} AND target = ${target} AND scope = 'onward' AND limit_amount IS NULL AND (
    SELECT earlier.limit_amount FROM budgets AS earlier
    WHERE earlier.user_id = budgets.user_id AND earlier.target = budgets.target AND earlier.scope = 'onward'
      AND earlier.month < budgets.month ORDER BY earlier.month DESC LIMIT 1) IS NULL`

const noteIdleEnds = compile((params: Params<'userId' | 'target'>) =>
  noteDeletions(params.userId, sql`SELECT ${resource} FROM ${idleEnds(params)}`),
)

const deleteIdleEnds = compile((params: Params<'userId' | 'target'>) => sql`DELETE FROM ${idleEnds(params)}`)

/** Ends the budget that holds from this month on, or lifts the override of this month. */
export const endBudget = (actor: Actor, at: MonthTarget, scope: Scope) => {
  const params = valuesOf(actor, at)
  return {
    guards: [{ statement: requireHeld(scope)(params), problem: () => budgetNotFound() }],
    bookkeeping: limitImpact(actor, note(params)),
    write:
      scope === 'month'
        ? [noteOverride(params), deleteOverride(params)]
        : [insertEnd(params), noteIdleEnds(params), deleteIdleEnds(params)],
  }
}

/** The revisions that the preconditions of a write in this month, on this target and in this scope are about. */
export const budgetRevisions = (actor: Actor, at: MonthTarget, scope: Scope): [current: SQL, replaced: SQL] => {
  const params = bound(valuesOf(actor, at))
  return [superseded(params, scope, 'revision'), settingRevision(params, scope)]
}
