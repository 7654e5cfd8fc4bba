import { getTableColumns, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { filtersOf, isOwn, type ListNames, listing, listValues } from '../ledger/queries.ts'
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
  planId,
  planDue,
  deletedAt,
  formerCategoryId,
  ...shown
} = getTableColumns(expenses)
export const expenseColumns = { ...shown, formerCategoryId }
const { revision, ...listed } = shown
/** What a PUT does not tell of the row that it makes. */
const { id, currency, baseAmount, createdAt, updatedAt } = listed

type Names = ListNames | 'categoryId' | 'tag' | 'refund'

const selectPage = compileEach((params: Params<Names>, sort: Sort, form: string) => {
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
      ...(has('refund') ? [sql`${expenses.refund} = ${params.refund}`] : []),
    ],
  )
  return statements.select(listed).from(expenses).where(where).orderBy(orderBy).limit(params.limit)
})

/** A page of the actor's expenses, and one more. Throws invalidRequest for a bad cursor. */
export const listExpenses = (
  { userId }: Actor,
  { categoryId, tag, refund, ...query }: z.infer<typeof ExpenseQuery>,
) => {
  const isNone = categoryId === 'none'
  const values = {
    ...listValues(userId, query),
    tag,
    refund,
    categoryId: isNone ? undefined : categoryId,
    uncategorized: isNone || undefined,
  }
  return selectPage(query.sort, filtersOf(values))(values as Record<Names, unknown>)
}

const selectRestored = compile((own: Params<'userId' | 'id'>) =>
  statements.select(expenseColumns).from(expenses).where(isOwn(own)),
)

/** The expense, with the category that it could not get back. */
export const restoredById = ({ userId }: Actor, id: string) => selectRestored({ userId, id })

/** What is asked of one expense or of some, by their ids. */
export const expenseRows = rowsOf(
  expenses,
  (condition) => statements.select(shown).from(expenses).where(condition),
  (condition) =>
    statements.select({ id, currency, baseAmount, createdAt, updatedAt, revision }).from(expenses).where(condition),
  expenseNotFound,
)
