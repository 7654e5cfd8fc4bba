import { getTableColumns, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { netAmount } from '../ledger/net-amount.ts'
import { filtersOf, type ListNames, listing, listValues, totalOf } from '../ledger/queries.ts'
import { rowsOf } from '../ledger/rows.ts'
import type { Sort } from '../ledger/schema.ts'
import { expenseNotFound } from './problems.ts'
import type { ExpenseQuery } from './schema.ts'
import { expenses } from './table.ts'

/** What an answer is made of: not the owner, nor what only searches and sums need. */
const {
  userId: _,
  noteFolded,
  merchantFolded,
  baseCurrency,
  refund,
  planId,
  planDue,
  deletedAt,
  ...shown
} = getTableColumns(expenses)
export const expenseColumns = shown
const { formerCategoryId, revision, ...listed } = shown
/** What a PUT does not tell of the row that it makes. */
const { id, currency, baseAmount, createdAt, updatedAt } = listed

type Filters = 'categoryId' | 'tag'

/** The folded columns in which `q` is sought. */
export const searched = [expenses.merchantFolded, expenses.noteFolded]

/** The conditions of those filters that only expenses have, and that `form` names. */
export const expenseFilters = ({ categoryId, tag }: Params<Filters>, form: string) => {
  const has = (name: string) => form.split(' ').includes(name)
  return [
    ...(has('tag') ? [sql`EXISTS (SELECT 1 FROM json_each(${expenses.tags}) WHERE value = ${tag})`] : []),
    ...(has('categoryId') ? [sql`${expenses.categoryId} = ${categoryId}`] : []),
    ...(has('uncategorized') ? [sql`${expenses.categoryId} IS NULL`] : []),
  ]
}

const found = (params: Params<ListNames | Filters>, sort: Sort, form: string) =>
  listing(expenses, params, sort, form, searched, expenseFilters(params, form))

const selectPage = compileEach((params: Params<ListNames | Filters>, sort: Sort, form: string) => {
  const { where, orderBy } = found(params, sort, form)
  return statements.select(listed).from(expenses).where(where).orderBy(orderBy).limit(params.limit)
})

const selectTotal = compileEach((params: Params<ListNames | Filters>, form: string) =>
  statements
    .select(totalOf(netAmount))
    .from(expenses)
    .where(found(params, '-date', form).where),
)

/** The values of a filter by category: an id, or `none` for expenses without one. */
export const categoryValues = (categoryId: string | undefined) =>
  categoryId === 'none' ? { uncategorized: true } : { categoryId }

const valuesOf = ({ userId }: Actor, { categoryId, tag, ...query }: z.infer<typeof ExpenseQuery>) =>
  ({ ...listValues(userId, query), tag, ...categoryValues(categoryId) }) as Record<ListNames | Filters, unknown>

/** A page of the actor's expenses, and one more. Throws invalidRequest for a bad cursor. */
export const listExpenses = (actor: Actor, query: z.infer<typeof ExpenseQuery>) => {
  const values = valuesOf(actor, query)
  return selectPage(query.sort, filtersOf(values))(values)
}

/** The sum and the number of all the actor's expenses that the filters match, on whatever page. */
export const totalOfExpenses = (actor: Actor, query: z.infer<typeof ExpenseQuery>) => {
  const values = valuesOf(actor, { ...query, cursor: undefined })
  return selectTotal(filtersOf(values))(values)
}

/** What is asked of one expense or of some, by their ids. */
export const expenseRows = rowsOf(
  expenses,
  (condition) => statements.select(shown).from(expenses).where(condition),
  (condition) =>
    statements.select({ id, currency, baseAmount, createdAt, updatedAt, revision }).from(expenses).where(condition),
  expenseNotFound,
)
