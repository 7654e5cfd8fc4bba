import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Guard } from '../../db/guard.ts'
import type { Actor } from '../../http/context.ts'
import { takesCategory } from '../categories/assignment.ts'
import { batchItems, faultsGuard, idRows, rateFaults } from '../ledger/batch.ts'
import type { PlanBatch } from './input-schema.ts'
import { messages } from './problems.ts'
import { plans } from './table.ts'

/** Requires that nothing is at fault in the items of a batch: what a single write is refused for, all at once. */
export const nothingAtFault = ({ userId }: Actor, { put, delete: deleted }: z.infer<typeof PlanBatch>): Guard => {
  const takes = takesCategory(plans, { userId: sql`${userId}`, id: sql`sent.id`, categoryId: sql`sent.category_id` })
  const faults = sql`
    WITH ${batchItems(userId, put)}, sent AS (
      SELECT '/put/' || key AS item, value ->> 'id' AS id, value ->> 'kind' AS kind, value ->> 'post' AS post,
        value ->> 'categoryId' AS category_id, currency <> base_currency AS is_foreign FROM items
    )
    SELECT item || '/categoryId' AS pointer, 'unknown_category' AS code FROM sent
    WHERE category_id IS NOT NULL AND NOT ${takes}
    UNION ALL
    SELECT item || '/kind', 'kind_fixed' FROM sent
    WHERE EXISTS (SELECT 1 FROM plans AS it WHERE it.user_id = ${userId} AND it.id = sent.id AND it.kind <> sent.kind)
    UNION ALL
    SELECT item || '/post', 'rate_unknown' FROM sent WHERE post = 'auto' AND is_foreign
    UNION ALL
    ${rateFaults()}
    UNION ALL
    SELECT '/delete/' || key, 'unknown_plan' FROM ${idRows(deleted)}
    WHERE NOT EXISTS (SELECT 1 FROM plans WHERE user_id = ${userId} AND id = value)`
  return faultsGuard(faults, messages)
}
