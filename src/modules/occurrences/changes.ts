import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import { compile, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { fold } from '../../shared/text.ts'
import { baseAmountOf, digitsJson } from '../ledger/conversion.ts'
import { isOwn } from '../ledger/queries.ts'
import { currentRevision, newRevision } from '../ledger/revision.ts'
import { planRows } from '../plans/queries.ts'
import { isDue, isUnposted, type PlanDue } from './queries.ts'
import type { OccurrenceChange } from './schema.ts'

type Names = 'userId' | 'id' | 'due'

const baseAmount = ({ amount, digits }: Params<'amount' | 'digits'>) =>
  baseAmountOf({
    amount: sql`${amount}`,
    currency: sql`plans.currency`,
    exchangeRate: sql`plans.exchange_rate`,
    baseCurrency: sql`base_currency`,
    digits,
  })

const upsert = compile(
  (params: Params<Names | 'amount' | 'digits' | 'date' | 'note' | 'noteFolded' | 'skipped'>) => sql`
  INSERT INTO plan_exceptions (user_id, plan_id, due, amount, base_amount, date, note, note_folded, skipped)
  SELECT user_id, id, ${params.due}, ${params.amount}, iif(${params.amount} IS NULL, NULL, ${baseAmount(params)}),
    ${params.date}, ${params.note}, ${params.noteFolded}, ${params.skipped} FROM plans WHERE ${isOwn(params)}
  ON CONFLICT (user_id, plan_id, due) DO UPDATE SET (amount, base_amount, date, note, note_folded, skipped) =
    (excluded.amount, excluded.base_amount, excluded.date, excluded.note, excluded.note_folded, excluded.skipped)
  WHERE (plan_exceptions.amount, plan_exceptions.date, plan_exceptions.note, plan_exceptions.skipped) IS NOT
    (excluded.amount, excluded.date, excluded.note, excluded.skipped)`,
)

const lift = compile(
  ({ userId, id, due }: Params<Names>) =>
    sql`DELETE FROM plan_exceptions WHERE (user_id, plan_id, due) = (${userId}, ${id}, ${due})`,
)

/** It goes after one of these: what has changed nothing leaves the plan as it is. */
const touchPlan = compile(
  (own: Params<'userId' | 'id'>) =>
    sql`UPDATE plans SET revision = ${currentRevision(own.userId)} WHERE ${isOwn(own)} AND changes() > 0`,
)

/** Changes one occurrence of a plan, apart from its rule. */
export const changeOccurrence = (actor: Actor, at: PlanDue, sent: z.infer<typeof OccurrenceChange>) => {
  const own = { userId: actor.userId, ...at }
  const noteFolded = sent.note && fold(sent.note)
  const departs = sent.skipped || [sent.amount, sent.date, sent.note].some((value) => value !== null)
  return {
    guards: [planRows.exists(actor, at.id), isDue(actor, at), isUnposted(actor, at)],
    bookkeeping: newRevision(actor),
    write: [departs ? upsert({ ...own, ...sent, noteFolded, digits: digitsJson() }) : lift(own), touchPlan(own)],
  }
}

/** Lets one occurrence be as the rule of its plan says again. */
export const liftChange = (actor: Actor, at: PlanDue) => {
  const own = { userId: actor.userId, ...at }
  return {
    guards: [planRows.exists(actor, at.id), isDue(actor, at)],
    bookkeeping: newRevision(actor),
    write: [lift(own), touchPlan(own)],
  }
}
