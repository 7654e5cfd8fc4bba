import { type SQL, sql } from 'drizzle-orm'
import type { Params } from '../../db/statement.ts'
import { type Form, itemDay, movedAmount, type RowNames } from '../ledger/items.ts'
import { monthOf } from '../users/calendar-queries.ts'

/** What some rows, as they are, take away (`sign` '-') from their month or add to it. */
export const moveOf = (rows: SQL, sign: '-' | '+') => sql`
  SELECT ${monthOf(sql`date`)} AS month, ${sql.raw(sign)}base_amount AS amount
  FROM (SELECT * FROM incomes WHERE ${rows}), users WHERE users.id = user_id`

/** What some items add, as rows of `month, amount`. */
export const moveOfItems = (params: Params<RowNames>, [isForeign, isDated]: Form, from: SQL) => sql`
  SELECT ${monthOf(sql`date`)} AS month, amount FROM (
    SELECT ${itemDay(params, isDated)} AS date, ${movedAmount(params.digits, isForeign)} AS amount, month_start_day
    FROM ${from})`
