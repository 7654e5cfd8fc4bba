import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import { compile, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { INCOME_TARGETS, noteMoney, spendingImpact } from '../budgets/impact.ts'
import { expenseLinks } from '../expenses/links.ts'
import { moveOfItems as moveOfExpenses } from '../expenses/moves.ts'
import { newColumns as expenseColumns } from '../expenses/row.ts'
import { expenses } from '../expenses/table.ts'
import { incomeLinks } from '../incomes/links.ts'
import { rowColumns as incomeColumns } from '../incomes/row.ts'
import { incomes } from '../incomes/table.ts'
import { moveOfItems as moveOfIncomes } from '../incomes/writes.ts'
import { digitsJson } from '../ledger/conversion.ts'
import { linkColumns, type RowNames } from '../ledger/items.ts'
import { insertRows } from '../ledger/queries.ts'
import { planRows } from '../plans/queries.ts'
import type { PlanRow } from '../plans/table.ts'
import { clockOf } from '../users/calendar-queries.ts'
import { isDue, type PlanDue } from './queries.ts'
import type { Posting } from './schema.ts'

/** An occurrence that is to be posted as the entry `id`, with what that has instead of what was planned. */
export type Wanted = { id: string; planId: string; due: string; instead: z.infer<typeof Posting> }

type Names = RowNames | 'wanted'

/** An item of an expense or of an income: what the plan says, what departs from that, and what is sent. */
const item = sql`json_patch(json_object('id', it.value ->> 'id', 'amount', ifnull(x.amount, plans.amount),
  'currency', plans.currency, 'date', ifnull(x.date, it.value ->> 'due'), 'categoryId', category_id,
  'merchant', merchant, 'merchantFolded', merchant_folded, 'source', source, 'sourceFolded', source_folded,
  'note', ifnull(x.note, plans.note), 'noteFolded', iif(x.note IS NULL, plans.note_folded, x.note_folded),
  'tags', json(tags), 'planId', plans.id, 'planDue', it.value ->> 'due'), it.value -> 'instead')`

/** The items of those that are wanted, of one kind and not posted yet, next to the user's row. */
const items = ({ userId, wanted }: Params<Names>, kind: PlanRow['kind'], table: 'expenses' | 'incomes') => sql`
  (SELECT ${item} AS value FROM json_each(${wanted}) AS it
    CROSS JOIN plans ON (plans.user_id, plans.id) = (${userId}, it.value ->> 'planId')
    LEFT JOIN plan_exceptions AS x ON (x.user_id, x.plan_id, x.due) = (${userId}, plans.id, it.value ->> 'due')
    WHERE plans.deleted_at IS NULL AND kind = ${sql.raw(`'${kind}'`)} AND NOT EXISTS (
      SELECT 1 FROM ${sql.raw(table)} AS posted WHERE posted.user_id = ${userId} AND posted.plan_id = plans.id
        AND posted.plan_due = it.value ->> 'due' AND posted.deleted_at IS NULL)), users
  WHERE users.id = ${userId}`

const FORM = [true, true] as const

const note = compile((params: Params<Names>) => {
  const ofExpenses = moveOfExpenses(params, [...FORM, false], items(params, 'expense', 'expenses'))
  const ofIncomes = moveOfIncomes(params, [...FORM], items(params, 'income', 'incomes'))
  return noteMoney(
    params.userId,
    sql`${ofExpenses} UNION ALL SELECT month, ${INCOME_TARGETS}, amount, amount FROM (${ofIncomes})`,
  )
})

const insertExpenses = compile((params: Params<Names>) =>
  insertRows(
    expenses,
    { ...expenseColumns(params, ...FORM, false), ...linkColumns },
    items(params, 'expense', 'expenses'),
  ),
)

const insertIncomes = compile((params: Params<Names>) =>
  insertRows(incomes, incomeColumns(params, ...FORM), items(params, 'income', 'incomes')),
)

/**
 * Posts those occurrences that are not posted yet: each becomes an expense or an income, dated on its day, in the category
 * of its plan, even where that is archived.
 */
const post = (actor: Pick<Actor, 'userId' | 'timeZone'>, wanted: Wanted[]) => {
  const { userId } = actor
  const ids = JSON.stringify(wanted.map(({ id }) => id))
  const values = { userId, wanted: JSON.stringify(wanted), at: now(), digits: digitsJson(), ...clockOf(actor) }
  return {
    bookkeeping: spendingImpact(actor, note(values)),
    write: [
      insertExpenses(values),
      insertIncomes(values),
      expenseLinks.touchPosted({ userId, ids }),
      incomeLinks.touchPosted({ userId, ids }),
    ],
  }
}

/** Posts one occurrence of a plan of the actor's as the entry `entryId`, unless it is posted. */
export const postOccurrence = (actor: Actor, { id, due }: PlanDue, entryId: string, sent: z.infer<typeof Posting>) => ({
  ...post(actor, [{ id: entryId, planId: id, due, instead: sent }]),
  guards: [planRows.exists(actor, id), isDue(actor, { id, due })],
})
