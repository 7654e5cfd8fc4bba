import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, type Statement, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { areOwn, isOwn, isOwnIncludingDeleted } from '../ledger/queries.ts'
import { currentRevision } from '../ledger/revision.ts'
import { selectOccurrences } from './occurrence.ts'
import { linkFaultOf, postedAs } from './problems.ts'
import type { PlanRow } from './table.ts'

/** Which occurrence of a plan an entry (an expense or an income) is: the day on which it was due. Both or none are null. */
type Link = { planId?: string | null | undefined; planDue?: string | null | undefined }

type Sent = { id: string } & Link
type Ids = Params<'userId' | 'ids'>
type LinkNames = 'userId' | 'id' | 'planId' | 'planDue'

/** Gives those plans the revision of the write that runs: what is posted of a plan and skipped of it changes it. */
const touch = (userId: Params['userId'], planIds: SQL) =>
  sql`UPDATE plans SET revision = ${currentRevision(userId)} WHERE user_id = ${userId} AND id IN (${planIds})`

/** The items that are put, as rows of `id, plan_id, plan_due`, but for those that keep what they have. */
const sentLinks = (items: Params['items']) =>
  sql`(SELECT value ->> 'id' AS id, value ->> 'planId' AS plan_id, value ->> 'planDue' AS plan_due
    FROM json_each(${items}) WHERE value ->> 'keepsLink' IS NULL)`

/**
 * A table of entries, by the index of those that plans have. Left to itself, SQLite goes through all entries of the user for
 * columns that are not in the index.
 */
export const entriesOf = (table: 'expenses' | 'incomes', alias = '') =>
  sql.raw(`${table}${alias && ` AS ${alias}`} INDEXED BY ${table}_by_plan`)

/** Whether a row is the live entry of that occurrence. It is spelled out, so that SQLite finds the index of those. */
const isEntryOf = ({ userId, planId, planDue }: Record<'userId' | 'planId' | 'planDue', SQLWrapper>) =>
  sql`user_id = ${userId} AND plan_id = ${planId} AND plan_due = ${planDue} AND deleted_at IS NULL`

/** The same of a row of that table, all of which is read. */
export const isPostedAs = (
  table: 'expenses' | 'incomes',
  params: Record<'userId' | 'planId' | 'planDue', SQLWrapper>,
): SQL => sql`user_id = ${params.userId} AND id = (SELECT id FROM ${entriesOf(table)} WHERE ${isEntryOf(params)})`

/**
 * How the entries of a table go with the plans of `kind` that they are posted from. A live entry has its occurrence
 * posted. One that is deleted leaves it skipped.
 */
export const linksOf = (name: 'expenses' | 'incomes', kind: PlanRow['kind']) => {
  const entries = sql.raw(name)
  const isPlan = sql`kind = ${sql.raw(`'${kind}'`)} AND deleted_at IS NULL`
  const hasLink = (params: Params<LinkNames>) => sql`EXISTS (SELECT 1 FROM ${entries}
    WHERE ${isOwn(params)} AND (plan_id, plan_due) = (${params.planId}, ${params.planDue}))`
  const ownPlan = ({ userId, planId }: Params<LinkNames>) =>
    sql`plans WHERE user_id = ${userId} AND id = ${planId} AND ${isPlan}`

  const requirePlan = compile((params: Params<LinkNames>) =>
    requires(sql`EXISTS (SELECT 1 FROM ${ownPlan(params)}) OR ${hasLink(params)}`),
  )
  const requireDue = compile((params: Params<LinkNames>) => {
    const { planDue } = params
    const due = selectOccurrences(ownPlan(params), sql`${planDue}`, sql`${planDue}`)
    return requires(sql`EXISTS (SELECT 1 FROM (${due})) OR ${hasLink(params)}`)
  })
  const others = (params: Params<LinkNames>) => sql`${entries} WHERE ${isEntryOf(params)} AND id <> ${params.id}`
  const requireUnposted = compile((params: Params<LinkNames>) =>
    requires(sql`NOT EXISTS (SELECT 1 FROM ${others(params)})`),
  )
  const selectPosted = compile((params: Params<LinkNames>) =>
    statements.select({ id: sql<string>`id` }).from(others(params)),
  )

  const restored = (params: Params<'userId' | 'id'>) => sql`(SELECT id, plan_id, plan_due FROM ${entries}
    WHERE ${isOwnIncludingDeleted(params)}) AS it CROSS JOIN ${entries} AS other
    WHERE (other.user_id, other.plan_id, other.plan_due) = (${params.userId}, it.plan_id, it.plan_due)
      AND other.deleted_at IS NULL AND other.id <> it.id`
  const requireUnpostedAgain = compile((params: Params<'userId' | 'id'>) =>
    requires(sql`NOT EXISTS (SELECT 1 FROM ${restored(params)})`),
  )
  const selectPostedAgain = compile((params: Params<'userId' | 'id'>) =>
    statements.select({ id: sql<string>`other.id` }).from(restored(params)),
  )

  const touchUnlinked = compile(({ userId, items }: Params<'userId' | 'items'>) =>
    touch(
      userId,
      sql`SELECT it.plan_id FROM ${sentLinks(items)} AS sent CROSS JOIN ${entries} AS it
        ON it.user_id = ${userId} AND it.id = sent.id AND it.deleted_at IS NULL
        WHERE it.plan_id IS NOT NULL AND (it.plan_id, it.plan_due) IS NOT (sent.plan_id, sent.plan_due)`,
    ),
  )
  const touchPosted = compile((own: Ids) =>
    touch(
      own.userId,
      sql`SELECT plan_id FROM ${entries}
        WHERE ${areOwn(own)} AND plan_id IS NOT NULL AND revision = ${currentRevision(own.userId)}`,
    ),
  )
  const unskip = compile(
    (own: Ids) => sql`UPDATE plan_exceptions SET skipped = 0 WHERE user_id = ${own.userId} AND skipped
    AND (plan_id, due) IN (SELECT plan_id, plan_due FROM ${entries} WHERE ${areOwn(own)} AND plan_id IS NOT NULL)`,
  )
  const notePosted = (own: Record<keyof Ids, unknown>): Statement[] => [touchPosted(own), unskip(own)]
  const skip = compile(
    (own: Ids) => sql`INSERT INTO plan_exceptions (user_id, plan_id, due, skipped)
    SELECT user_id, plan_id, plan_due, 1 FROM ${entries} AS it
    WHERE ${areOwn(own)} AND EXISTS (SELECT 1 FROM plans WHERE (plans.user_id, plans.id) = (it.user_id, it.plan_id))
    ON CONFLICT DO UPDATE SET skipped = 1`,
  )
  const touchSkipped = compile((own: Ids) =>
    touch(own.userId, sql`SELECT plan_id FROM ${entries} WHERE ${areOwn(own)} AND plan_id IS NOT NULL`),
  )

  return {
    /** Requires that an entry which is put can be the occurrence that it names, if it names one, or is so already. */
    canBePosted: ({ userId }: Actor, { id, planId, planDue }: Sent): Guard[] => {
      if (!planId) return []
      const params = { userId, id, planId, planDue }
      return [
        { statement: requirePlan(params), problem: linkFaultOf('/planId', 'unknown_plan') },
        { statement: requireDue(params), problem: linkFaultOf('/planDue', 'not_due') },
        { statement: requireUnposted(params), explanation: selectPosted(params), problem: postedAs },
      ]
    },
    /** Requires that no other entry was posted of the same occurrence while this one was deleted. */
    canBePostedAgain: ({ userId }: Actor, id: string): Guard => {
      const params = { userId, id }
      return {
        statement: requireUnpostedAgain(params),
        explanation: selectPostedAgain(params),
        problem: postedAs,
      }
    },
    /** What is wrong with the links of the items of a batch, as `pointer, code`: `items` is JSON of them. */
    faults: (userId: string, items: string) => {
      const sent = sql`(SELECT key, value ->> 'id' AS id, value ->> 'planId' AS plan_id, value ->> 'planDue' AS plan_due
        FROM json_each(${items}) WHERE value ->> 'planId' IS NOT NULL) AS sent`
      const posted = { userId: sql`${userId}`, planId: sql`sent.plan_id`, planDue: sql`sent.plan_due` }
      const isOther = sql`NOT EXISTS (SELECT 1 FROM ${entries} AS it WHERE it.user_id = ${userId} AND it.id = sent.id
        AND (it.plan_id, it.plan_due) = (sent.plan_id, sent.plan_due) AND it.deleted_at IS NULL)`
      const due = selectOccurrences(
        sql`${sent} CROSS JOIN plans ON (plans.user_id, plans.id) = (${userId}, sent.plan_id)`,
        sql`sent.plan_due`,
        sql`sent.plan_due`,
      )
      const isKnown = sql`EXISTS (SELECT 1 FROM plans WHERE user_id = ${userId} AND id = sent.plan_id AND ${isPlan})`
      return sql`SELECT '/put/' || key || '/planId' AS pointer, 'unknown_plan' AS code FROM ${sent}
        WHERE NOT ${isKnown} AND ${isOther}
        UNION ALL
        SELECT '/put/' || key || '/planDue', 'not_due' FROM ${sent}
        WHERE ${isKnown} AND (plan_id, plan_due) NOT IN (SELECT plan_id, due FROM (${due})) AND ${isOther}
        UNION ALL
        SELECT '/put/' || key || '/planDue', 'occurrence_posted' FROM ${sent}
        WHERE EXISTS (SELECT 1 FROM ${entries} AS it WHERE ${isEntryOf(posted)} AND it.id <> sent.id)`
    },
    /** Changes the plans of which the items that are put, as JSON, are no occurrence any more. It goes before the put. */
    touchUnlinked,
    /**
     * Notes that occurrences are posted as these entries, which this write has posted or restored: they are not skipped any
     * more, and their plans have changed. It goes after that.
     */
    notePosted,
    /** The same of items that are put, of which most have no plan. */
    noteLinked: (sent: Sent[], own: Record<keyof Ids, unknown>): Statement[] =>
      sent.some(({ planId }) => planId) ? notePosted(own) : [],
    /** Skips the occurrences that these entries are, and changes their plans. It goes before the deletion. */
    skipDeleted: (own: Record<keyof Ids, unknown>): Statement[] => [touchSkipped(own), skip(own)],
  }
}
