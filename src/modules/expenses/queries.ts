import { getTableColumns, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { filtersOf, type ListNames, listing, listValues } from '../ledger/queries.ts'
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

const selectPage = compileEach((params: Params<ListNames | 'categoryId' | 'tag'>, sort: Sort, form: string) => {
  const has = (name: string) => form.split(' ').includes(name)
  const { where, orderBy } = listing(
    expenses,
    params,
    sort,
    form,
    [expenses.merchantFolded, expenses.noteFolded],
    [
      ...(has('tag') ? [sql`EXISTS (SELECT 1 FROM json_each(${expenses.tags}) WHERE value = ${params.tag})`] : []),
      ...(has('categoryId') ? [sql`${expenses.categoryId} = ${params.categoryId}`] : []),
      ...(has('uncategorized') ? [sql`${expenses.categoryId} IS NULL`] : []),
    ],
  )
  return statements.select(listed).from(expenses).where(where).orderBy(orderBy).limit(params.limit)
})

/** A page of the actor's expenses, and one more. Throws invalidRequest for a bad cursor. */
export const listExpenses = ({ userId }: Actor, { categoryId, tag, ...query }: z.infer<typeof ExpenseQuery>) => {
  const isNone = categoryId === 'none'
  const values = {
    ...listValues(userId, query),
    tag,
    categoryId: isNone ? undefined : categoryId,
    uncategorized: isNone || undefined,
  }
  return selectPage(query.sort, filtersOf(values))(values as Record<ListNames | 'categoryId' | 'tag', unknown>)
}

/** What is asked of one expense or of some, by their ids. */
export const expenseRows = rowsOf(
  expenses,
  (condition) => statements.select(shown).from(expenses).where(condition),
  (condition) =>
    statements.select({ id, currency, baseAmount, createdAt, updatedAt, revision }).from(expenses).where(condition),
  expenseNotFound,
)
