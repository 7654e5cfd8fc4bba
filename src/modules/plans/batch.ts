import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Guard } from '../../db/guard.ts'
import type { Actor } from '../../http/context.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { faultsGuard, idRows } from '../ledger/batch.ts'
import { baseAmountOf, digitsJson } from '../ledger/conversion.ts'
import { itemsJson } from '../ledger/queries.ts'
import { takesCategory } from './guards.ts'
import type { PlanBatch } from './input-schema.ts'
import { messages } from './problems.ts'

/** Requires that nothing is at fault in the items of a batch: what a single write is refused for, all at once. */
export const nothingAtFault = ({ userId }: Actor, { put, delete: deleted }: z.infer<typeof PlanBatch>): Guard => {
  const baseAmount = baseAmountOf({
    amount: sql`amount`,
    currency: sql`currency`,
    exchangeRate: sql`rate`,
    baseCurrency: sql`base_currency`,
    digits: sql`${digitsJson()}`,
  })
  const faults = sql`
    WITH items AS (
      SELECT '/put/' || key AS item, value ->> '$.id' AS id, value ->> '$.kind' AS kind, value ->> '$.post' AS post,
        value ->> '$.categoryId' AS category_id, value ->> '$.amount' AS amount,
        coalesce(value ->> '$.currency', base_currency) AS currency, value ->> '$.exchangeRate' AS rate, base_currency
      FROM json_each(${itemsJson(put)}), (SELECT currency AS base_currency FROM users WHERE users.id = ${userId})
    )
    SELECT item || '/categoryId' AS pointer, 'unknown_category' AS code FROM items
    WHERE category_id IS NOT NULL AND NOT ${takesCategory(sql`${userId}`, sql`items.id`, sql`items.category_id`)}
    UNION ALL
    SELECT item || '/kind', 'kind_fixed' FROM items
    WHERE EXISTS (SELECT 1 FROM plans AS it WHERE it.user_id = ${userId} AND it.id = items.id AND it.kind <> items.kind)
    UNION ALL
    SELECT item || '/post', 'rate_unknown' FROM items WHERE post = 'auto' AND currency <> base_currency
    UNION ALL
    SELECT item || '/exchangeRate', CASE
      WHEN currency <> base_currency AND rate IS NULL THEN 'required'
      WHEN currency = base_currency AND rate IS NOT NULL THEN 'not_needed'
      ELSE 'converted_out_of_range' END
    FROM items
    WHERE (currency <> base_currency) <> (rate IS NOT NULL) OR ${baseAmount} NOT BETWEEN 1 AND ${MAX_AMOUNT}
    UNION ALL
    SELECT '/delete/' || key, 'unknown_plan' FROM ${idRows(deleted)}
    WHERE NOT EXISTS (SELECT 1 FROM plans WHERE user_id = ${userId} AND id = value)`
  return faultsGuard(faults, messages)
}
