import { getTableColumns, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { packRows } from '../../db/json-rows.ts'
import { compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { filtersOf, type ListNames, listing, listValues, totalOf } from '../ledger/queries.ts'
import { rowsOf } from '../ledger/rows.ts'
import type { Sort } from '../ledger/schema.ts'
import { isPostedAs } from '../plans/links.ts'
import { incomeNotFound } from './problems.ts'
import type { IncomeQuery } from './schema.ts'
import { incomes } from './table.ts'

/** What an answer is made of: not the owner, nor what only searches need. */
const { userId: _, noteFolded, sourceFolded, baseCurrency, importId, deletedAt, ...shown } = getTableColumns(incomes)
export const incomeColumns = shown
/** What a POST or a PUT does not tell of the row that it makes. */
const { id, currency, date, baseAmount, planId, planDue, createdAt, updatedAt, revision } = shown
const computed = { id, currency, date, baseAmount, planId, planDue, createdAt, updatedAt, revision }

/** The folded columns in which `q` is sought. */
export const searched = [incomes.sourceFolded, incomes.noteFolded]

const found = (params: Params<ListNames>, sort: Sort, form: string) =>
  listing(incomes, params, sort, form, searched, [])

const selectPage = compileEach((params: Params<ListNames>, sort: Sort, form: string) => {
  const { where, orderBy } = found(params, sort, form)
  return statements.select(shown).from(incomes).where(where).orderBy(orderBy).limit(params.limit)
})

const selectTotal = compileEach((params: Params<ListNames>, form: string) =>
  statements
    .select(totalOf(sql`${incomes.baseAmount}`))
    .from(incomes)
    .where(found(params, '-date', form).where),
)

const selectAll = compileEach((params: Params<ListNames>, sort: Sort, form: string) => {
  const { where, orderBy } = found(params, sort, form)
  return statements
    .select({ ...shown, baseCurrency: incomes.baseCurrency })
    .from(incomes)
    .where(where)
    .orderBy(orderBy)
})

/** A page of the actor's incomes, and one more. Throws invalidRequest for a bad cursor. */
export const listIncomes = (actor: Actor, query: z.infer<typeof IncomeQuery>) => {
  const values = listValues(actor, query)
  return packRows(selectPage(query.sort, filtersOf(values))(values))
}

/** All the actor's incomes that the filters match. */
export const allIncomes = (actor: Actor, query: Omit<z.infer<typeof IncomeQuery>, 'limit' | 'cursor' | 'include'>) => {
  const values = listValues(actor, query)
  return selectAll(query.sort, filtersOf(values))(values)
}

/** The sum and the number of all the actor's incomes that the filters match, on whatever page. */
export const totalOfIncomes = (actor: Actor, query: z.infer<typeof IncomeQuery>) => {
  const values = listValues(actor, { ...query, cursor: undefined })
  return selectTotal(filtersOf(values))(values)
}

const selectPosted = compile((params: Params<'userId' | 'planId' | 'planDue'>) =>
  statements.select(shown).from(incomes).where(isPostedAs('incomes', params)),
)

/** The income that was posted of the plan `id` as due on that day. */
export const incomeOfOccurrence = ({ userId }: Actor, at: { id: string; due: string }) =>
  selectPosted({ userId, planId: at.id, planDue: at.due })

/** What is asked of one income or of some, by their ids. */
export const incomeRows = rowsOf(
  incomes,
  (condition) => statements.select(shown).from(incomes).where(condition),
  (condition) => statements.select(computed).from(incomes).where(condition),
  incomeNotFound,
)
