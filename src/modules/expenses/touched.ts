import { type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Actor } from '../../http/context.ts'
import { amongOwned, everOwnedBy, ownedBy } from '../ledger/queries.ts'
import { monthOf, todayOf } from '../users/queries.ts'
import { restoredCategory } from './queries.ts'
import type { ExpenseBatch } from './schema.ts'
import { expenses } from './table.ts'

/**
 * The lines of the month views that a write of expenses touches, as `judged` wants them: those that an expense leaves
 * and those that it enters, found before the write, of what is stored and of what was sent.
 */

type Change = { date?: string | undefined; categoryId?: string | null | undefined }

const linesOn = (actor: Actor, dates: SQL) => sql`
  SELECT DISTINCT value, month
  FROM (SELECT ${monthOf(actor, sql`date`)} AS month, category_id FROM (${dates})) AS moved,
    json_each(json_array('overall', moved.category_id))
  WHERE value IS NOT NULL`

const ownRow = (actor: Actor, id: string) => sql`FROM expenses WHERE ${ownedBy(expenses, actor, id)}`

const asItIs = (actor: Actor, id: string) => sql`SELECT date, category_id ${ownRow(actor, id)}`

/** Of a deletion. */
export const linesLeft = (actor: Actor, id: string) => linesOn(actor, asItIs(actor, id))

/** Of `putExpense`. */
export const linesPut = (actor: Actor, id: string, { date, categoryId }: Change) =>
  linesOn(
    actor,
    sql`${asItIs(actor, id)} UNION ALL SELECT ${date ?? todayOf(actor)} AS date, ${categoryId ?? null} AS category_id`,
  )

/** Of `updateExpense`. */
export const linesPatched = (actor: Actor, id: string, { date, categoryId }: Change) =>
  linesOn(
    actor,
    sql`${asItIs(actor, id)} UNION ALL
      SELECT ${date ?? sql`date`}, ${categoryId === undefined ? sql`category_id` : categoryId} ${ownRow(actor, id)}`,
  )

/** Of `restoreExpense`. */
export const linesRestored = (actor: Actor, id: string) =>
  linesOn(
    actor,
    sql`SELECT date, ${restoredCategory} AS category_id FROM expenses WHERE ${everOwnedBy(expenses, actor, id)}`,
  )

/** Of a batch. */
export const linesOfBatch = (actor: Actor, { put, delete: deleted }: z.infer<typeof ExpenseBatch>) =>
  linesOn(
    actor,
    sql`SELECT date, category_id FROM expenses
      WHERE ${amongOwned(expenses, actor, [...put.map(({ id }) => id), ...deleted])}
      UNION ALL
      SELECT coalesce(value ->> '$.date', ${todayOf(actor)}), value ->> '$.categoryId'
      FROM json_each(${JSON.stringify(put)})`,
  )
