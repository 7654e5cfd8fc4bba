import { getTableColumns, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { packRows } from '../../db/json-rows.ts'
import { compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { netAmount } from '../ledger/net-amount.ts'
import { filtersOf, isOwn, type ListNames, listing, listValues, totalOf } from '../ledger/queries.ts'
import { rowsOf } from '../ledger/rows.ts'
import type { Sort } from '../ledger/schema.ts'
import { isPostedAs } from '../plans/links.ts'
import { expenseNotFound } from './problems.ts'
import type { ExpenseQuery } from './schema.ts'
import { expenses } from './table.ts'

/** What an answer is made of: not the owner, nor what only searches and sums need. */
const {
  userId: _,
  noteFolded,
  merchantFolded,
  baseCurrency,
  importId,
  deletedAt,
  formerCategoryId,
  ...shown
} = getTableColumns(expenses)
export const expenseColumns = { ...shown, formerCategoryId }
/** What a POST or a PUT does not tell of the row that it makes. */
const { id, currency, date, baseAmount, planId, planDue, createdAt, updatedAt, revision } = shown
const computed = { id, currency, date, baseAmount, planId, planDue, createdAt, updatedAt, revision }

type Filters = 'categoryId' | 'tag' | 'refund'

/** The folded columns in which `q` is sought. */
export const searched = [expenses.merchantFolded, expenses.noteFolded]

/** The conditions of those filters that only expenses have, in lists and in reports, and that `form` names. */
export const expenseFilters = ({ categoryId, tag }: Params<'categoryId' | 'tag'>, form: string) => {
  const has = (name: string) => form.split(' ').includes(name)
  return [
    ...(has('tag') ? [sql`EXISTS (SELECT 1 FROM json_each(${expenses.tags}) WHERE value = ${tag})`] : []),
    ...(has('categoryId') ? [sql`${expenses.categoryId} = ${categoryId}`] : []),
    ...(has('uncategorized') ? [sql`${expenses.categoryId} IS NULL`] : []),
  ]
}

const found = (params: Params<ListNames | Filters>, sort: Sort, form: string) =>
  listing(expenses, params, sort, form, searched, [
    ...expenseFilters(params, form),
    ...(form.split(' ').includes('refund') ? [sql`${expenses.refund} = ${params.refund}`] : []),
  ])

const selectPage = compileEach((params: Params<ListNames | Filters>, sort: Sort, form: string) => {
  const { where, orderBy } = found(params, sort, form)
  return statements.select(shown).from(expenses).where(where).orderBy(orderBy).limit(params.limit)
})

const selectTotal = compileEach((params: Params<ListNames | Filters>, form: string) =>
  statements
    .select(totalOf(netAmount))
    .from(expenses)
    .where(found(params, '-date', form).where),
)

const selectAll = compileEach((params: Params<ListNames | Filters>, sort: Sort, form: string) => {
  const { where, orderBy } = found(params, sort, form)
  const category = sql<string | null>`(SELECT name FROM categories
    WHERE (categories.user_id, categories.id) = (${expenses.userId}, ${expenses.categoryId}))`
  return statements
    .select({ ...shown, baseCurrency: expenses.baseCurrency, category: category.as('category') })
    .from(expenses)
    .where(where)
    .orderBy(orderBy)
})

/** The values of a filter by category: an id, or `none` for expenses without one. */
export const categoryValues = (categoryId: string | undefined) =>
  categoryId === 'none' ? { uncategorized: true } : { categoryId }

type Query = z.infer<typeof ExpenseQuery>
type WithoutPage = Omit<Query, 'limit' | 'cursor' | 'include'>

const valuesOf = (actor: Actor, { categoryId, tag, refund, ...query }: WithoutPage & Partial<Query>) =>
  ({ ...listValues(actor, query), tag, refund, ...categoryValues(categoryId) }) as Record<ListNames | Filters, unknown>

/** A page of the actor's expenses, and one more. Throws invalidRequest for a bad cursor. */
export const listExpenses = (actor: Actor, query: Query) => {
  const values = valuesOf(actor, query)
  return packRows(selectPage(query.sort, filtersOf(values))(values))
}

/** All the actor's expenses that the filters match, with the names of their categories. */
export const allExpenses = (actor: Actor, query: WithoutPage) => {
  const values = valuesOf(actor, query)
  return selectAll(query.sort, filtersOf(values))(values)
}

/** The sum and the number of all the actor's expenses that the filters match, on whatever page. */
export const totalOfExpenses = (actor: Actor, query: Query) => {
  const values = valuesOf(actor, { ...query, cursor: undefined })
  return selectTotal(filtersOf(values))(values)
}

const selectRestored = compile((own: Params<'userId' | 'id'>) =>
  statements.select(expenseColumns).from(expenses).where(isOwn(own)),
)

/** The expense, with the category that it could not get back. */
export const restoredById = ({ userId }: Actor, id: string) => selectRestored({ userId, id })

const selectPosted = compile((params: Params<'userId' | 'planId' | 'planDue'>) =>
  statements.select(shown).from(expenses).where(isPostedAs('expenses', params)),
)

/** The expense that was posted of the plan `id` as due on that day. */
export const expenseOfOccurrence = ({ userId }: Actor, at: { id: string; due: string }) =>
  selectPosted({ userId, planId: at.id, planDue: at.due })

/** What is asked of one expense or of some, by their ids. */
export const expenseRows = rowsOf(
  expenses,
  (condition) => statements.select(shown).from(expenses).where(condition),
  (condition) => statements.select(computed).from(expenses).where(condition),
  expenseNotFound,
)
