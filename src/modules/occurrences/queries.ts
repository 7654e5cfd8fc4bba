import { type SQL, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { Day } from '../../http/schema.ts'
import { filtersOf, isOwn } from '../ledger/queries.ts'
import { entriesOf } from '../plans/links.ts'
import { selectOccurrences } from '../plans/occurrence.ts'
import { postedAs } from '../plans/problems.ts'
import { planExceptions, plans } from '../plans/table.ts'
import { type ClockNames, clockOf, todayIn } from '../users/calendar-queries.ts'
import { users } from '../users/table.ts'
import { occurrenceNotFound } from './problems.ts'
import type { Occurrence, OccurrenceQuery } from './schema.ts'

/** An occurrence of a plan: the plan's id, and the day on which it is due. */
export type PlanDue = { id: string; due: string }

/** The live entry of an occurrence `o` in a table, as a select of `columns`. */
const entryIn = (table: 'expenses' | 'incomes', columns: SQL) => sql`(SELECT ${columns} FROM ${entriesOf(table, 'it')}
  WHERE it.user_id = o.user_id AND it.plan_id = o.plan_id AND it.plan_due = o.due AND it.deleted_at IS NULL)`

/** The same, in the table of the kind of the plan. */
const entryOf = (ofExpense: SQL, ofIncome = ofExpense) =>
  sql`iif(${plans.kind} = 'expense', ${entryIn('expenses', ofExpense)}, ${entryIn('incomes', ofIncome)})`

/** What both kinds of entries tell. */
const FIGURES = `'entryId', id, 'amount', amount, 'currency', currency, 'date', date, 'exchangeRate', exchange_rate,
  'baseAmount', base_amount, 'note', note`

/** What an entry tells instead of the plan, as JSON; null where the occurrence is not posted. */
const entryJson = sql<Partial<Shown> | null>`${entryOf(
  sql.raw(`json_object(${FIGURES}, 'categoryId', category_id, 'merchant', merchant, 'tags', json(tags))`),
  sql.raw(`json_object(${FIGURES}, 'source', source)`),
)}`.mapWith(JSON.parse)

const date = sql<string>`coalesce(${planExceptions.date}, o.due)`

const stateOn = (today: SQL) => sql<Shown['state']>`CASE WHEN ${entryOf(sql`1`)} THEN 'posted'
  WHEN ${planExceptions.skipped} THEN 'skipped' WHEN ${date} < ${today} THEN 'overdue' ELSE 'planned' END`

/** The occurrences `o` of some plans, next to the plan, what departs from it, and the user. */
const selectShown = (occurrences: SQL, params: Params<ClockNames>) =>
  statements
    .select({
      planId: plans.id,
      due: sql<string>`o.due`,
      date,
      kind: plans.kind,
      amount: sql<number>`coalesce(${planExceptions.amount}, ${plans.amount})`,
      currency: plans.currency,
      exchangeRate: plans.exchangeRate,
      baseAmount: sql<number>`coalesce(${planExceptions.baseAmount}, ${plans.baseAmount})`,
      categoryId: plans.categoryId,
      merchant: plans.merchant,
      source: plans.source,
      note: sql<string | null>`coalesce(${planExceptions.note}, ${plans.note})`,
      tags: plans.tags,
      state: stateOn(todayIn(params)),
      entry: entryJson,
      revision: plans.revision,
    })
    .from(sql`(${occurrences}) AS o`)
    .innerJoin(plans, sql`(${plans.userId}, ${plans.id}) = (o.user_id, o.plan_id)`)
    .innerJoin(users, sql`${users.id} = o.user_id`)
    .leftJoin(
      planExceptions,
      sql`(${planExceptions.userId}, ${planExceptions.planId}, ${planExceptions.due}) = (o.user_id, o.plan_id, o.due)`,
    )

type Shown = z.infer<ReturnType<typeof Occurrence>>
type Row = Omit<Shown, 'entryId'> & { entry: Partial<Shown> | null; revision: number }

export const toOccurrence = ({ entry, revision: _, ...planned }: Row): Shown => ({
  ...planned,
  entryId: null,
  ...entry,
})

const SORT = 'due'

/** Where `row` stands in a list of occurrences, for its cursor. */
export const placeOfOccurrence = ({ due, planId }: Pick<Shown, 'due' | 'planId'>): Place => ({
  sort: SORT,
  value: due,
  id: planId,
})

type ListNames = 'userId' | 'from' | 'to' | 'state' | 'kind' | 'afterDue' | 'afterId' | 'limit' | ClockNames

const selectPage = compileEach((params: Params<ListNames>, form: string) => {
  const has = (name: string) => form.split(' ').includes(name)
  const listed = sql`plans WHERE ${plans.userId} = ${params.userId} AND ${plans.deletedAt} IS NULL
    ${has('kind') ? sql`AND ${plans.kind} = ${params.kind}` : sql``}`
  const conditions = [
    ...(has('state') ? [sql`${stateOn(todayIn(params))} = ${params.state}`] : []),
    ...(has('afterId') ? [sql`(o.due, o.plan_id) > (${params.afterDue}, ${params.afterId})`] : []),
  ]
  return selectShown(selectOccurrences(listed, sql`${params.from}`, sql`${params.to}`), params)
    .where(sql.join([sql`TRUE`, ...conditions], sql` AND `))
    .orderBy(sql`o.due, o.plan_id`)
    .limit(params.limit)
})

/** A page of the occurrences of the actor's plans by the day on which they are due, and one more. Throws invalidRequest. */
export const listOccurrences = (actor: Actor, { cursor, limit, from, ...query }: z.infer<typeof OccurrenceQuery>) => {
  const after = cursor === undefined ? undefined : fromCursor(cursor, SORT, Day)
  const values = {
    ...query,
    userId: actor.userId,
    from: [from, String(after?.value ?? from)].sort()[1],
    afterDue: after?.value,
    afterId: after?.id,
    limit: limit + 1,
    ...clockOf(actor),
  }
  return selectPage(filtersOf(values))(values as Record<ListNames, unknown>)
}

type Names = 'userId' | 'id' | 'due'

const ofPlan = (params: Params<Names>) =>
  selectOccurrences(sql`plans WHERE ${isOwn(params)}`, sql`${params.due}`, sql`${params.due}`)

const selectOne = compile((params: Params<Names | ClockNames>) => selectShown(ofPlan(params), params))

export const occurrenceOf = (actor: Actor, { id, due }: PlanDue) =>
  selectOne({ userId: actor.userId, id, due, ...clockOf(actor) })

/** The id of the entry of an occurrence. */
const entryId = (params: Params<Names>) => sql`(SELECT ${entryOf(sql`it.id`)} AS id
  FROM (SELECT user_id, id AS plan_id, ${params.due} AS due FROM plans WHERE ${isOwn(params)}) AS o, plans
  WHERE (plans.user_id, plans.id) = (o.user_id, o.plan_id))`

const requireOccurrence = compile((params: Params<Names>) =>
  requires(sql`EXISTS (SELECT 1 FROM (${ofPlan(params)})) OR ${entryId(params)} IS NOT NULL`),
)

/** Requires that the plan is due on that day, or was when it was posted. */
export const isDue = ({ userId }: Actor, at: PlanDue): Guard => ({
  statement: requireOccurrence({ userId, ...at }),
  problem: () => occurrenceNotFound(),
})

const requireUnposted = compile((params: Params<Names>) => requires(sql`${entryId(params)} IS NULL`))

const selectEntryId = compile((params: Params<Names>) =>
  statements.select({ id: sql<string>`id` }).from(entryId(params)).where(sql`id IS NOT NULL`),
)

/** The id of the expense or the income that the occurrence is, if it is posted. */
export const entryIdOf = ({ userId }: Actor, at: PlanDue) => selectEntryId({ userId, ...at })

/** Requires that the occurrence is not posted. */
export const isUnposted = (actor: Actor, at: PlanDue): Guard => ({
  statement: requireUnposted({ userId: actor.userId, ...at }),
  explanation: entryIdOf(actor, at),
  problem: postedAs,
})
