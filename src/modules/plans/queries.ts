import { getTableColumns, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { Day } from '../../http/schema.ts'
import { filtersOf } from '../ledger/queries.ts'
import { rowsOf } from '../ledger/rows.ts'
import type { PlanQuery } from './input-schema.ts'
import { planNotFound } from './problems.ts'
import { type PlanRow, plans } from './table.ts'

/** What an answer is made of. */
const {
  userId: _,
  baseCurrency,
  merchantFolded,
  sourceFolded,
  noteFolded,
  deletedAt,
  postedUntil,
  postedRevision,
  ...shown
} = getTableColumns(plans)
export const planColumns = shown
const { formerCategoryId, ...listed } = shown
/** What a PUT does not tell of the row that it makes, or tells in another shape. */
const { id, currency, baseAmount, every, unit, monthDay, previousId, createdAt, updatedAt, revision } = listed

const SORT = '-start'

/** Where `row` stands in the list of plans, for its cursor. */
export const placeOfPlan = ({ start, id }: Pick<PlanRow, 'start' | 'id'>): Place => ({ sort: SORT, value: start, id })

type ListNames = 'userId' | 'kind' | 'categoryId' | 'afterStart' | 'afterId' | 'limit'

const selectPage = compileEach((params: Params<ListNames>, form: string) => {
  const has = (name: string) => form.split(' ').includes(name)
  const conditions = [
    sql`${plans.userId} = ${params.userId} AND ${plans.deletedAt} IS NULL`,
    ...(has('kind') ? [sql`${plans.kind} = ${params.kind}`] : []),
    ...(has('categoryId') ? [sql`${plans.categoryId} = ${params.categoryId}`] : []),
    ...(has('uncategorized') ? [sql`${plans.categoryId} IS NULL`] : []),
    ...(has('afterId') ? [sql`(${plans.start}, ${plans.id}) < (${params.afterStart}, ${params.afterId})`] : []),
  ]
  return statements
    .select(listed)
    .from(plans)
    .where(sql.join(conditions, sql` AND `))
    .orderBy(sql`${plans.start} DESC, ${plans.id} DESC`)
    .limit(params.limit)
})

/** A page of the actor's plans, and one more. Throws invalidRequest for a bad cursor. */
export const listPlans = ({ userId }: Actor, { kind, categoryId, cursor, limit }: z.infer<typeof PlanQuery>) => {
  const after = cursor === undefined ? undefined : fromCursor(cursor, SORT, Day)
  const isNone = categoryId === 'none'
  const values = {
    userId,
    kind,
    categoryId: isNone ? undefined : categoryId,
    uncategorized: isNone || undefined,
    afterStart: after?.value,
    afterId: after?.id,
    limit: limit + 1,
  }
  return selectPage(filtersOf(values))(values)
}

/** What is asked of one plan or of some, by their ids. */
export const planRows = rowsOf(
  plans,
  (condition) => statements.select(shown).from(plans).where(condition),
  (condition) =>
    statements
      .select({ id, currency, baseAmount, every, unit, monthDay, previousId, createdAt, updatedAt, revision })
      .from(plans)
      .where(condition),
  planNotFound,
)
