import { type SQL, sql } from 'drizzle-orm'
import type { Params } from '../../db/statement.ts'
import { targetsOf } from '../budgets/impact.ts'
import { itemDay, member, movedAmount, type RowNames } from '../ledger/items.ts'
import { netAmount } from '../ledger/net-amount.ts'
import { monthOf } from '../users/calendar-queries.ts'
import { type Form, itemRefund } from './row.ts'

/** What some rows, as they are, take away (`sign` '-') from their lines or add to them. */
export const moveOf = (rows: SQL, sign: '-' | '+', category = sql`category_id`) => sql`
  SELECT ${monthOf(sql`date`)} AS month, ${targetsOf(category)} AS targets, ${sql.raw(sign)}${netAmount} AS amount,
    ${sql.raw(sign)}base_amount AS gross
  FROM (SELECT * FROM expenses WHERE ${rows}) AS expenses, users WHERE users.id = user_id`

/** What some items add to their lines. `hasGross` says whether the gross amount is asked for, too. */
export const moveOfItems = (params: Params<RowNames>, [isForeign, isDated]: Form, from: SQL, hasGross = true) => {
  const amount = movedAmount(params.digits, isForeign)
  const [inner, outer] = hasGross
    ? [sql`${itemRefund} AS refund, ${amount} AS base_amount`, sql`${netAmount} AS amount, base_amount AS gross`]
    : [sql`${amount} AS amount`, sql`amount`]
  return sql`SELECT ${monthOf(sql`date`)} AS month, targets, ${outer} FROM (
    SELECT ${itemDay(params, isDated)} AS date, ${targetsOf(member('categoryId'))} AS targets, ${inner}, month_start_day
    FROM ${from})`
}
