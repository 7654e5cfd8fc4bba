import { sql } from 'drizzle-orm'
import { compile, type Params } from '../../db/statement.ts'
import { baseAmountOf } from '../ledger/conversion.ts'

/**
 * Converts the amounts of changed occurrences of these plans anew, by the currency and the rate that the plans have now: it
 * goes after a write that may have changed those.
 */
export const convertExceptions = compile(({ userId, ids, digits }: Params<'userId' | 'ids' | 'digits'>) => {
  const baseAmount = baseAmountOf({
    amount: sql`plan_exceptions.amount`,
    currency: sql`plans.currency`,
    exchangeRate: sql`plans.exchange_rate`,
    baseCurrency: sql`plans.base_currency`,
    digits,
  })
  return sql`UPDATE plan_exceptions SET base_amount = ${baseAmount} FROM plans
    WHERE plan_exceptions.user_id = ${userId} AND plan_id IN (SELECT value FROM json_each(${ids}))
      AND plan_exceptions.amount IS NOT NULL AND (plans.user_id, plans.id) = (plan_exceptions.user_id, plan_id)`
})

/** Of plans that were deleted and begin anew, drops what was changed of their occurrences. What is skipped stays so. */
export const dropChanges = compile(
  ({ userId, ids }: Params<'userId' | 'ids'>) => sql`DELETE FROM plan_exceptions
    WHERE user_id = ${userId} AND NOT skipped AND plan_id IN (
      SELECT id FROM plans WHERE user_id = ${userId} AND id IN (SELECT value FROM json_each(${ids}))
        AND deleted_at IS NOT NULL)`,
)

const dropAmount = sql`UPDATE plan_exceptions SET amount = NULL, base_amount = NULL`

/** Drops the amounts of changed occurrences whose plan gets another currency with `items`. It goes before that. */
export const dropForeignAmounts = compile(
  ({ userId, items }: Params<'userId' | 'items'>) => sql`${dropAmount}
    WHERE user_id = ${userId} AND amount IS NOT NULL AND plan_id IN (
      SELECT plans.id FROM json_each(${items}) AS sent CROSS JOIN users CROSS JOIN plans
        ON users.id = ${userId} AND plans.user_id = ${userId} AND plans.id = sent.value ->> 'id'
      WHERE plans.currency <> ifnull(sent.value ->> 'currency', users.currency))`,
)

/** The same of those that have moved from the plan `id` to `newId`, which continues it. */
export const dropAmountsOfContinued = compile(({ userId, id, newId }: Params<'userId' | 'id' | 'newId'>) => {
  const currencyOf = (plan: Params['id']) =>
    sql`(SELECT currency FROM plans WHERE user_id = ${userId} AND id = ${plan})`
  return sql`${dropAmount}
    WHERE user_id = ${userId} AND plan_id = ${newId} AND ${currencyOf(id)} <> ${currencyOf(newId)}`
})
