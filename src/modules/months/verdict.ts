import { type SQL, sql } from 'drizzle-orm'
import type { BatchResponse } from 'drizzle-orm/batch'
import type { Batch, Conflicts, Database } from '../../db/client.ts'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { toMonthName } from '../../shared/calendar.ts'
import { raiseAlerts } from '../alerts/queries.ts'
import { availableOf, type Figures, isReached, percentUsedOf, stateOf } from './line.ts'
import { isReachedIn, type LineRow, lineColumns, linesOf } from './lines.ts'
import { linesBefore } from './table.ts'

const ownLines = ({ userId }: Actor) => sql`SELECT target, month FROM lines_before WHERE user_id = ${userId}`

const remember = (actor: Actor, touched: SQL) =>
  statements
    .insert(linesBefore)
    .select(sql`SELECT ${actor.userId}, target, month, limit_amount, carried_in, spent, alert_percents
        FROM ${linesOf(actor, touched)}`)

/** The thresholds that a line reaches and did not before, as rows of `target, month, percent`. */
const crossed = (actor: Actor) => sql`
  SELECT lines.target, lines.month, percents.value AS percent
  FROM ${linesOf(actor, ownLines(actor))}
  JOIN lines_before ON lines_before.user_id = ${actor.userId}
    AND lines_before.target = lines.target AND lines_before.month = lines.month,
  json_each(lines.alert_percents) AS percents
  WHERE ${isReachedIn(sql`lines`, sql`percents.value`)} AND NOT ${isReachedIn(sql`lines_before`, sql`percents.value`)}`

const comparison = (actor: Actor) =>
  statements
    .select({ after: lineColumns, before: linesBefore })
    .from(linesOf(actor, ownLines(actor)))
    .innerJoin(
      linesBefore,
      sql`lines_before.user_id = ${actor.userId} AND lines_before.target = lines.target
        AND lines_before.month = lines.month`,
    )
    .orderBy(sql`lines.month, lines.target <> 'overall', lines.target`)

const forget = ({ userId }: Actor) => statements.delete(linesBefore).where(sql`user_id = ${userId}`)

type Compared = { before: Pick<LineRow, keyof Figures | 'alertPercents'>; after: LineRow }

/** What a write has done to one line. */
const toVerdict = ({ before, after }: Compared) => {
  const percents = after.alertPercents ?? []
  return {
    target: after.target,
    month: toMonthName(after.month),
    limit: after.limit,
    before: { spent: before.spent, available: availableOf(before), state: stateOf(before, before.alertPercents ?? []) },
    after: {
      spent: after.spent,
      available: availableOf(after),
      percentUsed: percentUsedOf(after),
      state: stateOf(after, percents),
    },
    crossed: percents.filter((percent) => isReached(after, percent) && !isReached(before, percent)),
  }
}

export type Verdict = ReturnType<typeof toVerdict>

/**
 * Runs `work` as one write batch that also tells what it has done to the lines that `touched` selects (`target,
 * month`), and raises the alerts whose thresholds they have crossed: the lines are remembered before the work and
 * compared after it, in the same transaction. Returns the results of `work`, and the verdict.
 */
export const judge = async <T extends Batch>(
  db: Database,
  actor: Actor,
  touched: SQL,
  work: T,
  conflicts: Conflicts = {},
): Promise<[BatchResponse<T>, Verdict[]]> => {
  const results = await db.write(
    [remember(actor, touched), ...work, raiseAlerts(actor, crossed(actor)), comparison(actor), forget(actor)],
    conflicts,
  )
  const compared = results.at(-2) as Compared[]
  return [results.slice(1, -3) as BatchResponse<T>, compared.map(toVerdict)]
}
