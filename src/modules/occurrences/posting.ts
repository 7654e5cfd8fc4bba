import { type SQL, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { compile, compileEach, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { newId } from '../../shared/ids.ts'
import { INCOME_TARGETS, noteMoney, spendingImpact } from '../budgets/impact.ts'
import { expenseLinks } from '../expenses/links.ts'
import { moveOfItems as moveOfExpenses } from '../expenses/moves.ts'
import { newColumns as expenseColumns } from '../expenses/row.ts'
import { expenses } from '../expenses/table.ts'
import { incomeLinks } from '../incomes/links.ts'
import { moveOfItems as moveOfIncomes } from '../incomes/moves.ts'
import { rowColumns as incomeColumns } from '../incomes/row.ts'
import { incomes } from '../incomes/table.ts'
import { digitsJson } from '../ledger/conversion.ts'
import { newLinkColumns, type RowNames } from '../ledger/items.ts'
import { insertRows } from '../ledger/queries.ts'
import { currentRevision } from '../ledger/revision.ts'
import { planRows } from '../plans/queries.ts'
import type { PlanRow } from '../plans/table.ts'
import { clockOf } from '../users/calendar-queries.ts'
import { isDue, type PlanDue } from './queries.ts'
import type { Posting } from './schema.ts'

/** An occurrence that is to be posted as the entry `id`, with what that has instead of what was planned. */
type Wanted = { id: string; planId: string; due: string; instead: z.infer<typeof Posting>; revision?: number }

type Names = RowNames | 'wanted'

/** An item of an expense or of an income: what the plan says, what departs from that, and what is sent. */
const item = sql`json_patch(json_object('id', it.value ->> 'id', 'amount', ifnull(x.amount, plans.amount),
  'currency', plans.currency, 'date', ifnull(x.date, it.value ->> 'due'), 'categoryId', category_id,
  'merchant', merchant, 'merchantFolded', merchant_folded, 'source', source, 'sourceFolded', source_folded,
  'note', ifnull(x.note, plans.note), 'noteFolded', iif(x.note IS NULL, plans.note_folded, x.note_folded),
  'tags', json(tags), 'planId', plans.id, 'planDue', it.value ->> 'due'), it.value -> 'instead')`

/** What of the wanted ones a statement takes, next to the plan and to what departs from it, `x`. */
type Condition = 'any' | 'as seen'
const conditions: Record<Condition, SQL> = {
  any: sql``,
  // Whatever changes a plan or an occurrence of it gives the plan another revision.
  'as seen': sql`AND plans.revision = it.value ->> 'revision' AND x.skipped IS NOT TRUE`,
}

/** The items of those that are wanted, of one kind and not posted yet, next to the user's row. */
const items = (
  { userId, wanted }: Params<Names>,
  kind: PlanRow['kind'],
  table: 'expenses' | 'incomes',
  condition: Condition,
) => sql`
  (SELECT ${item} AS value FROM json_each(${wanted}) AS it
    CROSS JOIN plans ON (plans.user_id, plans.id) = (${userId}, it.value ->> 'planId')
    LEFT JOIN plan_exceptions AS x ON (x.user_id, x.plan_id, x.due) = (${userId}, plans.id, it.value ->> 'due')
    WHERE plans.deleted_at IS NULL AND kind = ${sql.raw(`'${kind}'`)} ${conditions[condition]} AND NOT EXISTS (
      SELECT 1 FROM ${sql.raw(table)} AS posted WHERE posted.user_id = ${userId} AND posted.plan_id = plans.id
        AND posted.plan_due = it.value ->> 'due' AND posted.deleted_at IS NULL)), users
  WHERE users.id = ${userId}`

const FORM = [true, true] as const

const note = compileEach((params: Params<Names>, condition: Condition) => {
  const ofExpenses = moveOfExpenses(params, [...FORM, false], items(params, 'expense', 'expenses', condition))
  const ofIncomes = moveOfIncomes(params, [...FORM], items(params, 'income', 'incomes', condition))
  return noteMoney(
    params.userId,
    sql`${ofExpenses} UNION ALL SELECT month, ${INCOME_TARGETS}, amount, amount FROM (${ofIncomes})`,
  )
})

const insertExpenses = compileEach((params: Params<Names>, condition: Condition) =>
  insertRows(
    expenses,
    { ...expenseColumns(params, ...FORM, false), ...newLinkColumns },
    items(params, 'expense', 'expenses', condition),
  ),
)

const insertIncomes = compileEach((params: Params<Names>, condition: Condition) =>
  insertRows(incomes, incomeColumns(params, ...FORM), items(params, 'income', 'incomes', condition)),
)

/**
 * What posts those occurrences that are not posted yet: each becomes an expense or an income, dated on its day, in the
 * category of its plan, even where that is archived.
 */
const postingOf = (user: Pick<Actor, 'userId' | 'timeZone'>, wanted: Wanted[], condition: Condition) => {
  const { userId } = user
  const ids = JSON.stringify(wanted.map(({ id }) => id))
  const values = { userId, wanted: JSON.stringify(wanted), at: now(), digits: digitsJson(), ...clockOf(user) }
  return {
    bookkeeping: spendingImpact(user, note(condition)(values)),
    insert: [insertExpenses(condition)(values), insertIncomes(condition)(values)],
    touch: [...expenseLinks.notePosted({ userId, ids }), ...incomeLinks.notePosted({ userId, ids })],
  }
}

/** Posts one occurrence of a plan of the actor's as the entry `entryId`, unless it is posted. */
export const postOccurrence = (actor: Actor, { id, due }: PlanDue, entryId: string, sent: z.infer<typeof Posting>) => {
  const { bookkeeping, insert, touch } = postingOf(actor, [{ id: entryId, planId: id, due, instead: sent }], 'any')
  return {
    guards: [planRows.exists(actor, id), isDue(actor, { id, due })],
    bookkeeping,
    write: [...insert, ...touch],
  }
}

/** A plan at a revision, what of it is to be posted, and until when there is nothing else to post. */
export type Due = { planId: string; revision: number; dues: string[]; until: string }

/** The revision of a plan from then on: one of which something is posted has changed. */
const newRevision = (userId: Params['userId']) =>
  sql`iif(json_array_length(it.value -> 'dues'), ${currentRevision(userId)}, revision)`

const notePosted = compile(
  ({ userId, plans }: Params<'userId' | 'plans'>) => sql`
  UPDATE plans SET posted_until = it.value ->> 'until', posted_revision = ${newRevision(userId)},
    revision = ${newRevision(userId)}
  FROM json_each(${plans}) AS it WHERE user_id = ${userId} AND plans.id = it.value ->> 'planId'
    AND revision = it.value ->> 'revision'`,
)

/**
 * Posts all those occurrences of plans of one user, unless they are posted or skipped, and notes until when each plan is
 * posted. A plan that has changed since it was read is left as it is.
 */
export const postAllDue = (user: Pick<Actor, 'userId' | 'timeZone'>, due: Due[]) => {
  const wanted = due.flatMap(({ planId, revision, dues }) =>
    dues.map((day) => ({ id: newId(), planId, revision, due: day, instead: {} })),
  )
  const { bookkeeping, insert, touch } = postingOf(user, wanted, 'as seen')
  const noted = notePosted({ userId: user.userId, plans: JSON.stringify(due) })
  return { bookkeeping, write: [...insert, noted, ...touch] }
}
