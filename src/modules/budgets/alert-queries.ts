import { and, desc, eq, getTableColumns, lt, type SQL, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { Id } from '../../http/schema.ts'
import { categoryName } from '../categories/queries.ts'
import { alertNotFound } from './alert-problems.ts'
import type { AlertQuery } from './alert-schema.ts'
import { type AlertRow, alerts } from './alert-table.ts'

const SORT = 'newest'

/** Where `row` stands in the list of alerts, for its cursor: ids made later sort later. */
export const placeOfAlert = ({ id }: Pick<AlertRow, 'id'>): Place => ({ sort: SORT, value: id, id })

/** What an answer is made of. */
export const alertColumns = { ...getTableColumns(alerts), name: categoryName(sql`alerts.user_id`, sql`alerts.target`) }

type ListNames = 'userId' | 'read' | 'after' | 'limit'

const selectPage = compileEach(({ userId, read, after, limit }: Params<ListNames>, byRead: boolean, isNext: boolean) =>
  statements
    .select(alertColumns)
    .from(alerts)
    .where(
      and(
        eq(alerts.userId, userId),
        byRead ? eq(alerts.read, read) : undefined,
        isNext ? lt(alerts.id, after) : undefined,
      ),
    )
    .orderBy(desc(alerts.id))
    .limit(limit),
)

/** A page of the actor's alerts, newest first, and one more. Throws invalidRequest for a bad cursor. */
export const listAlerts = ({ userId }: Actor, { unread, cursor, limit }: z.infer<typeof AlertQuery>) =>
  selectPage(
    unread !== undefined,
    cursor !== undefined,
  )({ userId, read: !unread, after: cursor ? fromCursor(cursor, SORT, Id).id : '', limit: limit + 1 })

const isAlert = ({ userId, id }: Params<'userId' | 'id'>) => and(eq(alerts.userId, userId), eq(alerts.id, id))

const selectAlert = compile((own: Params<'userId' | 'id'>) =>
  statements.select(alertColumns).from(alerts).where(isAlert(own)),
)

export const alertById = ({ userId }: Actor, id: string) => selectAlert({ userId, id })

const requireAlert = compile((own: Params<'userId' | 'id'>) =>
  requires(sql`EXISTS (SELECT 1 FROM alerts WHERE ${isAlert(own)})`),
)

/** Requires that the actor has this alert. */
export const alertExists = ({ userId }: Actor, id: string): Guard => ({
  statement: requireAlert({ userId, id }),
  problem: () => alertNotFound(),
})

const setRead = compile((params: Params<'userId' | 'id' | 'read'>) =>
  statements
    .update(alerts)
    .set({ read: sql`${params.read}` })
    .where(isAlert(params)),
)

export const updateAlert = ({ userId }: Actor, id: string, { read }: { read: boolean }) => setRead({ userId, id, read })

const setAllRead = compile(
  ({ userId, upTo }: Params<'userId' | 'upTo'>) =>
    sql`UPDATE alerts SET read = 1 WHERE user_id = ${userId} AND id <= ${upTo} AND NOT read`,
)

/** Marks as read the alert `upTo` and all that are older. */
export const readAll = ({ userId }: Actor, upTo: string) => setAllRead({ userId, upTo })

/** How many alerts of the user are unread, of whatever month. */
export const unreadAlerts = (userId: Params['userId']) =>
  sql`(SELECT count(*) FROM alerts WHERE user_id = ${userId} AND NOT read)`

/**
 * Raises an alert for each threshold that a line of `touched` has reached, once. `touched` are rows of json_each whose
 * `value` begins with the target and the month. The ids of the alerts begin with `idStart`, by `newIdStart`.
 */
export const raiseAlerts = ({ userId, at, idStart }: Params<'userId' | 'at' | 'idStart'>, touched: SQL) => sql`
  INSERT INTO alerts (user_id, id, target, month, percent, read, created_at)
  SELECT ${userId}, ${idStart} || lower(hex(randomblob(6))), target, month, p.value, 0, ${at}
  FROM ${touched} AS t CROSS JOIN budget_lines, json_each(alert_percents) AS p
  WHERE (user_id, target, month) = (${userId}, t.value ->> 0, t.value ->> 1)
    AND p.value <= percent_reached ON CONFLICT DO NOTHING`
