import { sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, type Statement } from '../../db/statement.ts'
import type { Bookkeeping } from '../../db/transaction.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { mergeImpact } from '../budgets/impact.ts'
import { losesNoLimit, moveBudgets } from '../budgets/merge.ts'
import { categoryNotLive } from '../categories/problems.ts'
import { categoryExists } from '../categories/queries.ts'
import { currentRevision, newRevision, noteDeletions } from '../ledger/revision.ts'
import { movePlans } from '../plans/writes.ts'

type Merge = { guards: Guard[]; bookkeeping: Bookkeeping<never>; write: Statement[] }

const requireDestination = compile(({ userId, from, to }: Params<'userId' | 'from' | 'to'>) =>
  requires(sql`${to} <> ${from} AND
    EXISTS (SELECT 1 FROM categories WHERE user_id = ${userId} AND id = ${to} AND NOT archived)`),
)

const moveExpenses = compile(
  ({ userId, from, to, at }: Params<'userId' | 'from' | 'to' | 'at'>) => sql`
  UPDATE expenses SET category_id = ${to}, updated_at = ${at}, revision = ${currentRevision(userId)}
  WHERE user_id = ${userId} AND category_id = ${from}`,
)

const noteCategory = compile(({ userId, from }: Params<'userId' | 'from'>) =>
  noteDeletions(userId, sql`SELECT 'category/' || ${from} AS resource`),
)

const deleteCategoryRow = compile(
  ({ userId, from }: Params<'userId' | 'from'>) =>
    sql`DELETE FROM categories WHERE user_id = ${userId} AND id = ${from}`,
)

const deleteLines = compile(
  ({ userId, from }: Params<'userId' | 'from'>) =>
    sql`DELETE FROM budget_lines WHERE user_id = ${userId} AND target = ${from}`,
)

const deleteAlerts = compile(
  ({ userId, from }: Params<'userId' | 'from'>) =>
    sql`DELETE FROM alerts WHERE user_id = ${userId} AND target = ${from}`,
)

/** Deletes a category on which nothing is: the foreign keys refuse any other. */
const deleteEmpty = (actor: Actor, from: string): Merge => {
  const values = { userId: actor.userId, from }
  return {
    guards: [categoryExists(actor, from)],
    bookkeeping: newRevision(actor),
    write: [noteCategory(values), deleteCategoryRow(values), deleteLines(values), deleteAlerts(values)],
  }
}

/**
 * Deletes a category. Where `to` is there, its expenses, its plans and its budgets go to that one, which is live, and alerts are
 * raised where its lines reach a threshold by that.
 */
export const deleteCategory = (actor: Actor, from: string, to: string | undefined): Merge => {
  if (to === undefined) return deleteEmpty(actor, from)
  const values = { userId: actor.userId, from, to, at: now() }
  const destination = { statement: requireDestination(values), problem: categoryNotLive('query', '/moveTo') }
  return {
    guards: [categoryExists(actor, from), destination, losesNoLimit(actor, from, to)],
    bookkeeping: mergeImpact(actor, from, to),
    write: [
      moveExpenses(values),
      movePlans(values),
      ...moveBudgets(actor, from, to),
      noteCategory(values),
      deleteCategoryRow(values),
      deleteLines(values),
      deleteAlerts(values),
    ],
  }
}
