import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { Id } from '../../http/schema.ts'
import { now } from '../../shared/clock.ts'
import type { AlertQuery } from './schema.ts'
import { type AlertRow, alerts } from './table.ts'

const SORT = 'newest'

/** Where `row` stands in the list of alerts, for its cursor: ids made later sort later. */
export const placeOfAlert = ({ id }: AlertRow): Place => ({ sort: SORT, value: id, id })

/** A page of the actor's alerts, newest first, and one more. Throws invalidRequest for a bad cursor. */
export const listAlerts = ({ userId }: Actor, { unread, cursor, limit }: z.infer<typeof AlertQuery>) =>
  statements
    .select()
    .from(alerts)
    .where(
      and(
        eq(alerts.userId, userId),
        unread === undefined ? undefined : eq(alerts.read, !unread),
        cursor ? lt(alerts.id, fromCursor(cursor, SORT, Id).id) : undefined,
      ),
    )
    .orderBy(desc(alerts.id))
    .limit(limit + 1)

export const updateAlert = ({ userId }: Actor, id: string, { read }: { read: boolean }) =>
  statements
    .update(alerts)
    .set({ read })
    .where(and(eq(alerts.userId, userId), eq(alerts.id, id)))
    .returning()

/** A new UUIDv7 for each row of a statement, which makes as many rows as it will. */
const idAt = (at: number) => {
  const time = at.toString(16).padStart(12, '0')
  return sql`printf('%s-%s-7%s-a%s-%s', ${time.slice(0, 8)}, ${time.slice(8)}, substr(random, 1, 3), substr(random, 4, 3),
    substr(random, 7, 12))`
}

/** Raises an alert for each row of `reached` (`target, month, percent`), unless there has been one. */
export const raiseAlerts = ({ userId }: Actor, reached: SQL) => {
  const at = now()
  return statements
    .insert(alerts)
    .select(
      sql`SELECT ${userId}, ${idAt(at)}, target, month, percent, FALSE, ${at}
        FROM (SELECT *, lower(hex(randomblob(9))) AS random FROM (${reached})) WHERE TRUE`,
    )
    .onConflictDoNothing()
}
