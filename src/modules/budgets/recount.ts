import { sql } from 'drizzle-orm'
import { compile, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { netAmount } from '../ledger/net-amount.ts'
import { monthOf } from '../users/calendar-queries.ts'
import { carryLimitsOn, copySettings } from './line-queries.ts'

/** The user's row, where this very write has changed the settings. */
const changedUser = (userId: Params['userId']) =>
  sql`users WHERE users.id = ${userId} AND settings_revision = users.revision`

const clear = compile(
  ({ userId }: Params<'userId'>) =>
    sql`DELETE FROM budget_lines WHERE user_id = ${userId} AND EXISTS (SELECT 1 FROM ${changedUser(userId)})`,
)

const columns = sql.raw('(user_id, target, month, spent, carried_in)')

const countCategories = compile(
  ({ userId }: Params<'userId'>) => sql`
  INSERT INTO budget_lines ${columns}
  SELECT ${userId}, coalesce(category_id, 'none'), ${monthOf(sql`date`)} AS month, sum(amount), 0 FROM (
    -- By day first: expenses_by_category has them in this order.
    SELECT category_id, date, sum(${netAmount}) AS amount FROM expenses
    WHERE user_id = ${userId} AND deleted_at IS NULL GROUP BY category_id, date
  ), ${changedUser(userId)} GROUP BY 2, 3`,
)

const countOverall = compile(
  ({ userId }: Params<'userId'>) => sql`
  INSERT INTO budget_lines ${columns}
  SELECT user_id, 'overall', month, sum(spent), 0 FROM budget_lines
  WHERE user_id = ${userId} AND EXISTS (SELECT 1 FROM ${changedUser(userId)}) GROUP BY month`,
)

const countIncomes = compile(
  ({ userId }: Params<'userId'>) => sql`
  INSERT INTO budget_lines ${columns}
  SELECT ${userId}, 'income', ${monthOf(sql`date`)} AS month, sum(amount), 0
  FROM (SELECT date, base_amount AS amount FROM incomes WHERE user_id = ${userId} AND deleted_at IS NULL), ${changedUser(userId)}
  GROUP BY month`,
)

/** There is a row in each month in which a limit is set, in the one before, and in the one after an override. */
const ensureSettings = compile(
  ({ userId }: Params<'userId'>) => sql`
  INSERT INTO budget_lines ${columns}
  SELECT user_id, target, month + value, 0, 0 FROM budgets, json_each('[-1, 0, 1]') WHERE user_id = ${userId}
  ON CONFLICT DO NOTHING`,
)

const copyAll = compile(({ userId }: Params<'userId'>) => copySettings(userId, sql`TRUE`))

const carryAll = compile(({ userId }: Params<'userId'>) =>
  carryLimitsOn(userId, sql`SELECT DISTINCT target, 0 AS month FROM budgets WHERE user_id = ${userId}`),
)

/** Counts all lines of the user anew, where another `monthStartDay` has moved money between months. */
export const recountLines = ({ userId }: Pick<Actor, 'userId'>) =>
  [clear, countCategories, countOverall, countIncomes, ensureSettings, copyAll, carryAll].map((count) =>
    count({ userId }),
  )
