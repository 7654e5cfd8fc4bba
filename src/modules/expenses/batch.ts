import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Guard } from '../../db/guard.ts'
import type { Actor } from '../../http/context.ts'
import { takesCategory } from '../categories/assignment.ts'
import { batchItems, faultsGuard, idRows, rateFaults } from '../ledger/batch.ts'
import { itemsJson } from '../ledger/queries.ts'
import { expenseLinks } from './links.ts'
import { itemMessages } from './problems.ts'
import type { ExpenseBatch } from './schema.ts'
import { expenses } from './table.ts'

/** Requires that nothing is at fault in the items of a batch: what a single write is refused for, all at once. */
export const nothingAtFault = ({ userId }: Actor, { put, delete: deleted }: z.infer<typeof ExpenseBatch>): Guard => {
  const takes = takesCategory(expenses, { userId: sql`${userId}`, id: sql`sent.id`, categoryId: sql`sent.category_id` })
  const faults = sql`
    WITH ${batchItems(userId, put)}, sent AS (
      SELECT '/put/' || key AS item, value ->> 'id' AS id, value ->> 'categoryId' AS category_id FROM items
    )
    SELECT item || '/categoryId' AS pointer, 'unknown_category' AS code FROM sent
    WHERE category_id IS NOT NULL AND NOT ${takes}
    UNION ALL
    ${rateFaults()}
    UNION ALL
    ${expenseLinks.faults(userId, itemsJson(put))}
    UNION ALL
    SELECT '/delete/' || key, 'unknown_expense' FROM ${idRows(deleted)}
    WHERE NOT EXISTS (SELECT 1 FROM expenses WHERE user_id = ${userId} AND id = value)`
  return faultsGuard(faults, itemMessages)
}
