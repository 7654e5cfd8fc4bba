import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { idRows } from '../ledger/batch.ts'
import { amongOwned } from '../ledger/queries.ts'
import { currencyOf } from '../users/queries.ts'
import { baseAmountOf } from './conversion.ts'
import { expenseColumns } from './queries.ts'
import type { ExpenseBatch } from './schema.ts'
import { expenses } from './table.ts'

/** What is at fault in the items of a batch, as `faultlessGuard` wants it: what the constraints refuse one by one. */
export const expenseFaults = (actor: Actor, { put, delete: deleted }: z.infer<typeof ExpenseBatch>) => {
  const baseAmount = baseAmountOf({
    amount: sql`amount`,
    currency: sql`currency`,
    exchangeRate: sql`rate`,
    baseCurrency: sql`home`,
  })
  return sql`
    WITH items AS (
      SELECT key, value ->> '$.id' AS id, value ->> '$.categoryId' AS category_id, value ->> '$.amount' AS amount,
        coalesce(value ->> '$.currency', home) AS currency, value ->> '$.exchangeRate' AS rate, home
      FROM json_each(${JSON.stringify(put)}), (SELECT ${currencyOf(actor)} AS home)
    )
    SELECT '/put/' || key || '/categoryId' AS pointer, 'unknown_category' AS code FROM items
    WHERE category_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM categories AS it WHERE it.user_id = ${actor.userId} AND it.id = category_id AND NOT archived
    ) AND NOT EXISTS (
      SELECT 1 FROM expenses AS it
      WHERE it.user_id = ${actor.userId} AND it.id = items.id AND it.category_id = items.category_id
    )
    UNION ALL
    SELECT '/put/' || key || '/exchangeRate', CASE
      WHEN currency <> home AND rate IS NULL THEN 'required'
      WHEN currency = home AND rate IS NOT NULL THEN 'not_needed'
      ELSE 'converted_out_of_range' END
    FROM items
    WHERE (currency <> home) <> (rate IS NOT NULL) OR ${baseAmount} NOT BETWEEN 1 AND ${MAX_AMOUNT}
    UNION ALL
    SELECT '/delete/' || key, 'unknown_expense' FROM ${idRows(deleted)}
    WHERE NOT EXISTS (SELECT 1 FROM expenses WHERE user_id = ${actor.userId} AND id = value)`
}

/** Those of the actor's expenses that have one of these ids. */
export const expensesById = (actor: Actor, ids: string[]) =>
  statements
    .select(expenseColumns(actor))
    .from(expenses)
    .where(amongOwned(expenses, actor, ids))
