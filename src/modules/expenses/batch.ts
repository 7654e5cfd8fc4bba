import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Guard } from '../../db/guard.ts'
import type { Actor } from '../../http/context.ts'
import { batchItems, faultsGuard, idRows, rateFaults } from '../ledger/batch.ts'
import { itemMessages } from './problems.ts'
import type { ExpenseBatch } from './schema.ts'

/** Requires that nothing is at fault in the items of a batch: what a single write is refused for, all at once. */
export const nothingAtFault = ({ userId }: Actor, { put, delete: deleted }: z.infer<typeof ExpenseBatch>): Guard => {
  const faults = sql`
    WITH ${batchItems(userId, put)}
    SELECT '/put/' || key || '/categoryId' AS pointer, 'unknown_category' AS code
    FROM (SELECT key, value ->> 'id' AS id, value ->> 'categoryId' AS category_id FROM items) AS items
    WHERE category_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM categories AS it WHERE it.user_id = ${userId} AND it.id = category_id AND NOT archived
    ) AND NOT EXISTS (
      SELECT 1 FROM expenses AS it WHERE it.user_id = ${userId} AND it.id = items.id AND it.category_id = items.category_id
    )
    UNION ALL
    ${rateFaults()}
    UNION ALL
    SELECT '/delete/' || key, 'unknown_expense' FROM ${idRows(deleted)}
    WHERE NOT EXISTS (SELECT 1 FROM expenses WHERE user_id = ${userId} AND id = value)`
  return faultsGuard(faults, itemMessages)
}
