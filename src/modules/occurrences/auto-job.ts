import { sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { ConstraintError, DatabaseError } from '../../db/errors.ts'
import { compile, type Params, statements } from '../../db/statement.ts'
import type { RowOf } from '../../db/transaction.ts'
import { dayIn, LAST_DAY, toDayName, toDayNumber } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { currentRevision } from '../ledger/revision.ts'
import { occurrencesBetween } from '../plans/occurrence.ts'
import { plans } from '../plans/table.ts'
import { users } from '../users/table.ts'
import { type Due, postAllDue } from './posting.ts'

/** How many plans are looked at in one request. */
const SLICE_PLANS = 200

/** How many occurrences of one user a run posts at most, in one transaction. The next run goes on. */
const MAX_POSTED = 200

/** How many users a run posts for at most. */
const MAX_USERS = 2000

/** How many steps of a plan a run goes at most: one that began long ago is caught up in several. */
const MAX_STEPS = 1000

const entryOf = (table: 'expenses' | 'incomes') => sql`SELECT plan_due FROM ${sql.raw(table)} AS it
  WHERE it.user_id = ${plans.userId} AND it.plan_id = ${plans.id} AND it.deleted_at IS NULL`
const entries = sql`${entryOf('expenses')} UNION ALL ${entryOf('incomes')}`

const exceptions = sql`FROM plan_exceptions AS x WHERE x.user_id = ${plans.userId} AND x.plan_id = ${plans.id}`

/** Until when a plan is posted, if it has not changed since. */
const postedUntil = sql<string | null>`iif(${plans.postedRevision} = ${plans.revision}, ${plans.postedUntil}, NULL)`

/** On which days after that it is posted or skipped, as JSON: as many as a run may come across. */
const closed = sql<string[]>`(SELECT json_group_array(due) FROM (
  SELECT due FROM (SELECT plan_due AS due FROM (${entries}) UNION ALL SELECT due ${exceptions} AND x.skipped)
  WHERE due > ifnull(${postedUntil}, '') ORDER BY due LIMIT ${sql.raw(String(MAX_STEPS))}))`.mapWith(JSON.parse)

/** The occurrences of a plan that were moved and are neither posted nor skipped, as JSON: `{ due: date }`. */
const moved = sql<Record<string, string>>`(SELECT json_group_object(due, date) ${exceptions}
  AND x.date IS NOT NULL AND NOT x.skipped AND x.due NOT IN (${entries}))`.mapWith(JSON.parse)

const selectPlans = compile(({ userId, id }: Params<'userId' | 'id'>) =>
  statements
    .select({
      userId: plans.userId,
      id: plans.id,
      timeZone: users.timeZone,
      start: plans.start,
      every: plans.every,
      unit: plans.unit,
      monthDay: plans.monthDay,
      until: plans.until,
      revision: plans.revision,
      postedUntil,
      closed,
      moved,
    })
    .from(plans)
    .innerJoin(users, sql`${users.id} = ${plans.userId}`)
    .where(
      sql`${plans.post} = 'auto' AND ${plans.deletedAt} IS NULL AND (${plans.userId}, ${plans.id}) > (${userId}, ${id})`,
    )
    .orderBy(plans.userId, plans.id)
    .limit(SLICE_PLANS),
)

type AutoPlan = RowOf<ReturnType<typeof selectPlans>>

const DAYS = { day: 1, week: 7, month: 31, year: 366 }

const moveDay = (day: string, days: number) => toDayName(Math.min(toDayNumber(day) + days, toDayNumber(LAST_DAY)))

/**
 * What is due of a plan until `today` and neither posted nor skipped, `room` at most; those that were moved, on their new
 * day. Undefined if there is nothing to do.
 */
const dueOf = (
  { id, revision, closed, moved, postedUntil, ...rule }: AutoPlan,
  today: string,
  room: number,
): Due | undefined => {
  const since = postedUntil === null ? rule.start : moveDay(postedUntil, 1)
  const lastStep = rule.unit === null ? LAST_DAY : moveDay(since, DAYS[rule.unit] * (rule.every ?? 1) * MAX_STEPS)
  const end = lastStep < today ? lastStep : today
  const isDue = (due: string) => occurrencesBetween(rule, due, due).length > 0
  const movedHere = Object.keys(moved).filter((due) => (moved[due] ?? '') <= today && isDue(due))
  const apart = new Set([...closed, ...Object.keys(moved)])
  const byRule = occurrencesBetween(rule, since, end).flatMap(({ due }) => (apart.has(due) ? [] : due))
  const fromRule = byRule.slice(0, Math.max(0, room - movedHere.length))
  // The next run begins after `until`: nothing of the rule before that may be left out.
  const leftOut = byRule[fromRule.length]
  const until = leftOut === undefined ? end : moveDay(leftOut, -1)
  const dues = [...movedHere.slice(0, room), ...fromRule]
  return dues.length > 0 || end < today ? { planId: id, revision, dues, until } : undefined
}

/** What is due of the plans of one user, MAX_POSTED at most. */
const dueOfAll = (ofUser: AutoPlan[], today: string): Due[] => {
  let room = MAX_POSTED
  return ofUser.flatMap((plan) => {
    const due = dueOf(plan, today, room)
    room -= due?.dues.length ?? 0
    return due ?? []
  })
}

/** How many rows the write that ran has made. */
const countPosted = compile(({ userId }: Params<'userId'>) => {
  const posted = (table: string) => sql`(SELECT count(*) FROM ${sql.raw(table)}
    WHERE user_id = ${userId} AND revision = ${currentRevision(userId)} AND plan_id IS NOT NULL)`
  return statements.select({ count: sql<number>`${posted('expenses')} + ${posted('incomes')}` }).from(sql`(SELECT 1)`)
})

/**
 * Posts what is due of the plans that post by themselves: until today in the zone of each user, and what earlier runs have
 * missed. Each is posted once, however many runs there are and wherever one ends: the transaction posts only what has no
 * entry yet. A user whose sums would get too large is passed over. Returns how many were `posted`, and how many users were
 * `passedOver`. Throws DatabaseError at once, and any other error once all other users are served.
 */
export const postDue = async (db: Database): Promise<{ posted: number; passedOver: number }> => {
  const at = now()
  const done = { posted: 0, passedOver: 0 }
  const errors: unknown[] = []
  let usersLeft = MAX_USERS
  for (let last = { userId: '', id: '' }; usersLeft > 0; ) {
    const { slice } = await db.read({ slice: selectPlans(last) })
    for (const [userId, ofUser] of Map.groupBy(slice, (plan) => plan.userId)) {
      const timeZone = ofUser[0]?.timeZone ?? 'UTC'
      try {
        const due = dueOfAll(ofUser, dayIn(timeZone, at))
        if (due.length === 0 || usersLeft-- <= 0) continue
        const work = { ...postAllDue({ userId, timeZone }, due), after: { counts: countPosted({ userId }) } }
        done.posted += (await db.transaction(work)).counts[0]?.count ?? 0
      } catch (error) {
        if (error instanceof DatabaseError) throw error
        if (error instanceof ConstraintError) done.passedOver++
        else errors.push(error)
      }
    }
    last = slice.at(-1) ?? last
    if (slice.length < SLICE_PLANS) break
  }
  if (errors.length > 0) throw errors[0]
  return done
}
