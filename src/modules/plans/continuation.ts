import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { LAST_DAY } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { digitsJson } from '../ledger/conversion.ts'
import { insertRows, isOwn } from '../ledger/queries.ts'
import { currentRevision, newRevision } from '../ledger/revision.ts'
import { convertExceptions, dropAmountsOfContinued } from './exceptions.ts'
import { canBePatched, hasRoom } from './guards.ts'
import type { PlanPatch } from './input-schema.ts'
import { selectOccurrences } from './occurrence.ts'
import { dayOutside, postedSince, startsTooEarly } from './problems.ts'
import { planRows } from './queries.ts'
import { type RowNames, rowColumns, storedItem, toPatchItem } from './row.ts'
import { plans } from './table.ts'

type From = Params<'userId' | 'id' | 'from'>

/** The first day on which the plan is due, `from` or later: the search ends there. Null if there is none. */
const firstDue = (params: From) =>
  sql`(SELECT due FROM (${selectOccurrences(
    sql`plans WHERE ${isOwn(params)}`,
    sql`${params.from}`,
    sql.raw(`'${LAST_DAY}'`),
  )}) LIMIT 1)`

const requireWithin = compile((params: From) =>
  requires(sql`${firstDue(params)} IS NOT NULL
    AND EXISTS (SELECT 1 FROM plans WHERE ${isOwn(params)} AND start < ${params.from})`),
)

/** The day of the month on which a plan goes on to be due that is next due on the last day of a shorter one. */
const nextMonthDay = sql`iif(unit IN ('month', 'year')
  AND ifnull(month_day, substr(start, 9) + 0) > substr(next_due, 9) + 0, ifnull(month_day, substr(start, 9) + 0), NULL)`

const insertNext = compile((params: From & Params<RowNames | 'newId' | 'patch'>) => {
  const next = sql`json_object('id', ${params.newId}, 'start', next_due, 'formerCategoryId', NULL,
    'repeat', json_object('day', ${nextMonthDay}))`
  const patched = sql`json_patch(json_patch(${storedItem}, ${next}), ${params.patch})`
  // Limited to the one that there is, or SQLite would search anew wherever the day is named.
  const continued = sql`(SELECT *, ${firstDue(params)} AS next_due FROM plans WHERE ${isOwn(params)} LIMIT 1)`
  return insertRows(
    plans,
    { ...rowColumns(params, true), previous_id: sql`${params.id}` },
    sql`(SELECT ${patched} AS value FROM ${continued} AS plans LIMIT 1), users WHERE users.id = ${params.userId}`,
  )
})

const end = compile(
  ({ userId, id, from, at }: From & Params<'at'>) => sql`UPDATE plans
    SET until = date(${from}, '-1 day'), updated_at = ${at}, revision = ${currentRevision(userId)}
    WHERE ${isOwn({ userId, id })}`,
)

const moveExceptions = compile(
  ({ userId, id, from, newId }: From & Params<'newId'>) => sql`UPDATE plan_exceptions SET plan_id = ${newId}
    WHERE user_id = ${userId} AND plan_id = ${id} AND due >= ${from}`,
)

/** What was posted early, or posted and deleted, would be due again otherwise. */
const moveEntries = (table: 'expenses' | 'incomes') =>
  compile(
    ({ userId, id, from, newId, at }: From & Params<'newId' | 'at'>) => sql`UPDATE ${sql.raw(table)}
    SET plan_id = ${newId}, updated_at = ${at}, revision = ${currentRevision(userId)}
    WHERE user_id = ${userId} AND plan_id = ${id} AND plan_due >= ${from}`,
  )
const moveExpenses = moveEntries('expenses')
const moveIncomes = moveEntries('incomes')

const requireNonePosted = compile(({ userId, id, from }: From) => {
  const posted = (table: string) => sql`EXISTS (SELECT 1 FROM ${sql.raw(table)}
    WHERE user_id = ${userId} AND plan_id = ${id} AND plan_due >= ${from} AND deleted_at IS NULL)`
  return requires(sql`NOT ${posted('expenses')} AND NOT ${posted('incomes')}`)
})

type Continuation = { id: string; newId: string; from: string }

/**
 * Ends the plan `id` on the day before `from`, and makes one with the changes that continues it. `unchanged` are the
 * guards that the plan is what the client has seen.
 */
export const continuePlan = (
  actor: Actor,
  { id, newId, from }: Continuation,
  sent: z.infer<typeof PlanPatch>,
  unchanged: Guard[],
) => {
  if (sent.start !== undefined && sent.start < from) throw startsTooEarly()
  const patch = JSON.stringify(toPatchItem(sent))
  const values = { userId: actor.userId, id, newId, from, patch, at: now(), digits: digitsJson() }
  return {
    guards: [
      ...unchanged,
      planRows.exists(actor, id),
      { statement: requireWithin(values), problem: dayOutside },
      // On other days, what is posted already would be due again.
      ...(sent.start || sent.repeat !== undefined
        ? [{ statement: requireNonePosted(values), problem: postedSince }]
        : []),
      ...canBePatched(actor, id, sent, patch),
      hasRoom(actor, [newId]),
    ],
    bookkeeping: newRevision(actor),
    write: [
      insertNext(values),
      end(values),
      moveExceptions(values),
      dropAmountsOfContinued(values),
      convertExceptions({ ...values, ids: JSON.stringify([newId]) }),
      moveExpenses(values),
      moveIncomes(values),
    ],
  }
}
