import { and, eq, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Statement, Writing } from '../../db/client.ts'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { toMonthName } from '../../shared/calendar.ts'
import { raiseAlerts } from '../alerts/queries.ts'
import { availableOf, isReached, percentUsedOf, stateOf } from './line.ts'
import { isReachedIn, linesOf } from './lines.ts'
import { type TouchedLine, touchedLines } from './table.ts'

const isOwn = ({ userId }: Actor) => eq(touchedLines.userId, userId)

const forget = (actor: Actor) => statements.delete(touchedLines).where(isOwn(actor))

const remember = (actor: Actor, lines: SQL, moment: TouchedLine['moment']) =>
  statements.insert(touchedLines).select(
    sql`SELECT ${actor.userId}, target, month, ${moment}, limit_amount, carried_in, spent, alert_percents
        FROM ${linesOf(actor, lines)}`,
  )

const remembered = ({ userId }: Actor) =>
  sql`SELECT target, month FROM touched_lines WHERE user_id = ${userId} AND moment = 'before'`

const [before, after] = [alias(touchedLines, 'before'), alias(touchedLines, 'after')]

const isSameLine = and(
  eq(before.userId, after.userId),
  eq(before.target, after.target),
  eq(before.month, after.month),
  eq(before.moment, 'before'),
)

const isAfter = ({ userId }: Actor) => and(eq(after.userId, userId), eq(after.moment, 'after'))

/**
 * The thresholds that the lines reach, as rows of `target, month, percent`. Not only those that this very write crosses:
 * a line also comes past one by what is carried in or by a limit of a month before, and its alert is then due with the
 * next write that touches it.
 */
const reached = (actor: Actor) => sql`
  SELECT after.target, after.month, percents.value AS percent
  FROM touched_lines AS after, json_each(after.alert_percents) AS percents
  WHERE ${isAfter(actor)} AND ${isReachedIn(sql`after`, sql`percents.value`)}`

const comparison = (actor: Actor) =>
  statements
    .select({ before, after })
    .from(after)
    .innerJoin(before, isSameLine)
    .where(isAfter(actor))
    .orderBy(sql`${after.month}, ${after.target} <> 'overall', ${after.target}`)

/**
 * The same write, which also tells, for `toVerdicts`, what it does to the lines that `touched` selects (`target,
 * month`): they are remembered before the work and compared after it, and the alerts that are due are raised, all in its
 * own transaction.
 */
export const judged = <A extends Statement[], T extends Statement[]>(
  actor: Actor,
  touched: SQL,
  { asked, work, told }: Writing<A, T>,
) => ({
  asked,
  work: [
    forget(actor),
    remember(actor, touched, 'before'),
    ...work,
    remember(actor, remembered(actor), 'after'),
    raiseAlerts(actor, reached(actor)),
  ],
  told: [...told, comparison(actor)] as [...T, ReturnType<typeof comparison>],
})

type Compared = { before: TouchedLine; after: TouchedLine }

/** What a write has done to each of the lines that it has touched. */
export const toVerdicts = (lines: Compared[]) =>
  lines.map(({ before, after }) => {
    const percents = after.alertPercents ?? []
    return {
      target: after.target,
      month: toMonthName(after.month),
      limit: after.limit,
      before: {
        spent: before.spent,
        available: availableOf(before),
        state: stateOf(before, before.alertPercents ?? []),
      },
      after: {
        spent: after.spent,
        available: availableOf(after),
        percentUsed: percentUsedOf(after),
        state: stateOf(after, percents),
      },
      crossed: percents.filter((percent) => isReached(after, percent) && !isReached(before, percent)),
    }
  })
