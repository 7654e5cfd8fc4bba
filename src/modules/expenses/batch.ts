import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Guard } from '../../db/guard.ts'
import type { Actor } from '../../http/context.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { faultsGuard, idRows } from '../ledger/batch.ts'
import { baseAmountOf, digitsJson } from '../ledger/conversion.ts'
import { itemMessages } from './problems.ts'
import type { ExpenseBatch } from './schema.ts'

/** Requires that nothing is at fault in the items of a batch: what a single write is refused for, all at once. */
export const nothingAtFault = (actor: Actor, { put, delete: deleted }: z.infer<typeof ExpenseBatch>): Guard => {
  const baseAmount = baseAmountOf({
    amount: sql`amount`,
    currency: sql`currency`,
    exchangeRate: sql`rate`,
    baseCurrency: sql`base_currency`,
    digits: sql`${digitsJson()}`,
  })
  const faults = sql`
    WITH items AS (
      SELECT key, value ->> '$.id' AS id, value ->> '$.categoryId' AS category_id, value ->> '$.amount' AS amount,
        coalesce(value ->> '$.currency', base_currency) AS currency, value ->> '$.exchangeRate' AS rate, base_currency
      FROM json_each(${JSON.stringify(put)}), (SELECT currency AS base_currency FROM users WHERE users.id = ${actor.userId})
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
      WHEN currency <> base_currency AND rate IS NULL THEN 'required'
      WHEN currency = base_currency AND rate IS NOT NULL THEN 'not_needed'
      ELSE 'converted_out_of_range' END
    FROM items
    WHERE (currency <> base_currency) <> (rate IS NOT NULL) OR ${baseAmount} NOT BETWEEN 1 AND ${MAX_AMOUNT}
    UNION ALL
    SELECT '/delete/' || key, 'unknown_expense' FROM ${idRows(deleted)}
    WHERE NOT EXISTS (SELECT 1 FROM expenses WHERE user_id = ${actor.userId} AND id = value)`
  return faultsGuard(faults, itemMessages)
}
