import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Guard } from '../../db/guard.ts'
import type { Actor } from '../../http/context.ts'
import { batchItems, faultsGuard, idRows, rateFaults } from '../ledger/batch.ts'
import { itemsJson } from '../ledger/queries.ts'
import { incomeLinks } from './links.ts'
import { itemMessages } from './problems.ts'
import type { IncomeBatch } from './schema.ts'

/** Requires that nothing is at fault in the items of a batch: what a single write is refused for, all at once. */
export const nothingAtFault = ({ userId }: Actor, { put, delete: deleted }: z.infer<typeof IncomeBatch>): Guard =>
  faultsGuard(
    sql`
    WITH ${batchItems(userId, put)}
    ${rateFaults()}
    UNION ALL
    ${incomeLinks.faults(userId, itemsJson(put))}
    UNION ALL
    SELECT '/delete/' || key, 'unknown_income' FROM ${idRows(deleted)}
    WHERE NOT EXISTS (SELECT 1 FROM incomes WHERE user_id = ${userId} AND id = value)`,
    itemMessages,
  )
