import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { changedRows, compile, type Params, statements } from '../../db/statement.ts'
import { dayIn } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { newIdStart } from '../../shared/ids.ts'
import { monthOf } from '../users/calendar-queries.ts'
import { users } from '../users/table.ts'
import { linesAt, percentReached } from './line-queries.ts'

/** How many users are looked at in one request, and have their alerts raised in one transaction. */
const SLICE_USERS = 500

const selectUsers = compile(({ after }: Params<'after'>) =>
  statements
    .select({ id: users.id, timeZone: users.timeZone })
    .from(users)
    .where(sql`${users.id} > ${after}`)
    .orderBy(users.id)
    .limit(SLICE_USERS),
)

/**
 * The `FROM` and `WHERE` of the alerts that are due in the month that runs and were not raised: `days` is JSON of users, each
 * with the day that it is for them, `[[id, day], …]`. A threshold is a `percent.value` of `lines`.
 */
const dueAlerts = (days: Params['days']): SQL => {
  const wanted = sql`SELECT DISTINCT user_id, target, ${monthOf(sql`day`)} AS month
    FROM (SELECT value ->> 0 AS id, value ->> 1 AS day FROM json_each(${days})) AS at
    CROSS JOIN users USING (id) CROSS JOIN budgets ON user_id = id`
  return sql`${linesAt(sql`w.user_id`, wanted)}, json_each(alert_percents) AS percent
    WHERE percent.value <= ${percentReached} AND NOT EXISTS (SELECT 1 FROM alerts AS it
      WHERE (it.user_id, it.target, it.month, it.percent) = (lines.user_id, lines.target, lines.month, percent.value))`
}

const selectDue = compile(({ days }: Params<'days'>) =>
  statements.selectDistinct({ userId: sql<string>`lines.user_id` }).from(dueAlerts(days)),
)

const raiseDue = compile(
  ({ days, at, idStart }: Params<'days' | 'at' | 'idStart'>) => sql`
  INSERT INTO alerts (user_id, id, target, month, percent, read, created_at)
  SELECT lines.user_id, ${idStart} || lower(hex(randomblob(6))), lines.target, lines.month, percent.value, 0, ${at}
  FROM ${dueAlerts(days)} ON CONFLICT DO NOTHING`,
)

/**
 * Raises the alerts of the months that run which no write has raised: a month can begin past a threshold by what it carries
 * in, and come past one by a change of a month before it. Whoever has none due takes no write lock; the unique index of
 * alerts makes each exactly one, however many runs there are. Returns how many it raised. Throws DatabaseError.
 */
export const raiseOverdueAlerts = async (db: Database): Promise<number> => {
  const at = now()
  let raised = 0
  for (let after = ''; ; ) {
    const { slice } = await db.read({ slice: selectUsers({ after }) })
    const days = slice.map(({ id, timeZone }) => [id, dayIn(timeZone, at)] as const)
    const { due } = await db.read({ due: selectDue({ days: JSON.stringify(days) }) })
    const isDue = new Set(due.map(({ userId }) => userId))
    if (isDue.size > 0) {
      const values = { days: JSON.stringify(days.filter(([id]) => isDue.has(id))), at, idStart: newIdStart(at) }
      const { counts } = await db.transaction({ write: [raiseDue(values)], after: { counts: changedRows({}) } })
      raised += counts[0]?.count ?? 0
    }
    const last = slice.at(-1)
    if (!last || slice.length < SLICE_USERS) return raised
    after = last.id
  }
}
