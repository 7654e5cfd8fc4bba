import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { packRows } from '../../db/json-rows.ts'
import { compile, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { budgetId } from '../budgets/queries.ts'
import { budgets } from '../budgets/table.ts'
import { categoryColumns } from '../categories/queries.ts'
import { categories } from '../categories/table.ts'
import { expenseColumns } from '../expenses/queries.ts'
import { expenses } from '../expenses/table.ts'
import { incomeColumns } from '../incomes/queries.ts'
import { incomes } from '../incomes/table.ts'
import { deletions } from '../ledger/deletion-table.ts'
import { planColumns } from '../plans/queries.ts'
import { plans } from '../plans/table.ts'
import { userColumns } from '../users/queries.ts'
import { users } from '../users/table.ts'

/** The kinds of what changes, in the order in which those of one write are told: what others refer to goes first. */
export const KINDS = ['user', 'category', 'plan', 'expense', 'income', 'budget', 'deletion'] as const
export type Kind = (typeof KINDS)[number]

/** Where a client has come to: all until the change of this revision, kind and id. */
export type Position = { revision: number; kind: Kind; id: string }

/** Past every id. */
const LAST_ID = '~'

/** Where a client has come to that knows all changes until this revision, and those of it. */
export const endOf = (revision: number): Position => ({ revision, kind: 'deletion', id: LAST_ID })

/** Of the changes of the revision at which a client stands, those of an earlier kind are behind it. */
const idAfter = (kind: Kind, position: Position) => {
  const order = KINDS.indexOf(kind) - KINDS.indexOf(position.kind)
  if (order === 0) return position.id
  return order < 0 ? LAST_ID : ''
}

type Names = 'userId' | 'revision' | 'id' | 'limit'

/** The changes after a position: of one kind, in order, by the index of revisions. */
const isAfter = ({ userId, revision, id }: Params<Names>, ownId: SQL) => ({
  where: sql`user_id = ${userId} AND (revision, ${ownId}) > (${revision}, ${id})`,
  orderBy: sql`revision, ${ownId}`,
})

const selectUser = compile(({ userId, revision, id }: Params<Names>) =>
  statements
    .select({ ...userColumns, isChanged: sql<number>`(settings_revision, id) > (${revision}, ${id})` })
    .from(users)
    .where(sql`${users.id} = ${userId}`),
)

const selectCategories = compile((params: Params<Names>) => {
  const { where, orderBy } = isAfter(params, sql`id`)
  return statements.select(categoryColumns).from(categories).where(where).orderBy(orderBy).limit(params.limit)
})

const selectPlans = compile((params: Params<Names>) => {
  const { where, orderBy } = isAfter(params, sql`id`)
  const columns = { ...planColumns, deletedAt: plans.deletedAt }
  return statements.select(columns).from(plans).where(where).orderBy(orderBy).limit(params.limit)
})

const selectExpenses = compile((params: Params<Names>) => {
  const { where, orderBy } = isAfter(params, sql`id`)
  const columns = { ...expenseColumns, deletedAt: expenses.deletedAt }
  return statements.select(columns).from(expenses).where(where).orderBy(orderBy).limit(params.limit)
})

const selectIncomes = compile((params: Params<Names>) => {
  const { where, orderBy } = isAfter(params, sql`id`)
  const columns = { ...incomeColumns, deletedAt: incomes.deletedAt }
  return statements.select(columns).from(incomes).where(where).orderBy(orderBy).limit(params.limit)
})

const selectBudgets = compile((params: Params<Names>) => {
  const { where, orderBy } = isAfter(params, budgetId)
  const columns = { ...getTableColumns(budgets), id: budgetId }
  return statements.select(columns).from(budgets).where(where).orderBy(orderBy).limit(params.limit)
})

/** An expense, income or plan whose row was purged may have been put again: then it is no deletion any more. */
const isThereAgain = (type: 'expense' | 'income' | 'plan') => sql`EXISTS (SELECT 1 FROM ${sql.raw(`${type}s`)} AS it
  WHERE it.user_id = deletions.user_id AND it.id = substr(resource, ${sql.raw(String(type.length + 2))}))`

const selectDeletions = compile((params: Params<Names>) => {
  const { where, orderBy } = isAfter(params, sql`resource`)
  const columns = { id: deletions.resource, revision: deletions.revision }
  const isGone = sql`NOT CASE WHEN resource LIKE 'expense/%' THEN ${isThereAgain('expense')}
    WHEN resource LIKE 'income/%' THEN ${isThereAgain('income')}
    WHEN resource LIKE 'plan/%' THEN ${isThereAgain('plan')} ELSE FALSE END`
  return statements
    .select(columns)
    .from(deletions)
    .where(sql`${where} AND ${isGone}`)
    .orderBy(orderBy)
    .limit(params.limit)
})

/** What has changed after a position, by kind: one more of each than a page has; and the user in any case. */
export const changesAfter = ({ userId }: Actor, position: Position, limit: number) => {
  const { revision } = position
  const of = (kind: Kind) => ({ userId, revision, id: idAfter(kind, position), limit: limit + 1 })
  return {
    user: selectUser(of('user')),
    category: selectCategories(of('category')),
    plan: selectPlans(of('plan')),
    expense: packRows(selectExpenses(of('expense'))),
    income: packRows(selectIncomes(of('income'))),
    budget: selectBudgets(of('budget')),
    deletion: selectDeletions(of('deletion')),
  }
}
