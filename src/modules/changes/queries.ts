import { and, asc, eq, getTableColumns, gt, type SQL, sql } from 'drizzle-orm'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { type BudgetRow, budgets } from '../budgets/table.ts'
import { categories } from '../categories/table.ts'
import { expenses } from '../expenses/table.ts'
import { incomes } from '../incomes/table.ts'
import { users } from '../users/table.ts'
import { type ChangeRow, changes } from './table.ts'

/** That a row is what a change is about, by these columns of the row and by what the id of the change says of them. */
const isOf = (type: ChangeRow['type'], ...pairs: [column: SQL, value: SQL][]) =>
  and(eq(changes.type, type), ...pairs.map(([column, value]) => sql`${column} = ${value}`))

const ownId = (table: typeof expenses | typeof incomes | typeof categories): [SQL, SQL][] => [
  [sql`${table.userId}`, sql`${changes.userId}`],
  [sql`${table.id}`, sql`${changes.id}`],
]

/** `month/target/scope`, as the triggers in drizzle/0001_triggers.sql make it. */
const budgetKey: [SQL, SQL][] = [
  [sql`${budgets.userId}`, sql`${changes.userId}`],
  [sql`${budgets.target}`, sql`substr(${changes.id}, 9, instr(substr(${changes.id}, 9), '/') - 1)`],
  [sql`${budgets.scope}`, sql`substr(${changes.id}, 9 + instr(substr(${changes.id}, 9), '/'))`],
  [sql`${budgets.month}`, sql`substr(${changes.id}, 1, 4) * 12 + substr(${changes.id}, 6, 2) - 1`],
]

/** A page of what changed after a revision, and one more: each once, in its newest state, in the order of the changes. */
export const changesSince = ({ userId }: Actor, since: number, limit: number) =>
  statements
    .select({
      change: getTableColumns(changes),
      expense: getTableColumns(expenses),
      income: getTableColumns(incomes),
      category: getTableColumns(categories),
      budget: getTableColumns(budgets),
      user: getTableColumns(users),
    })
    .from(changes)
    .leftJoin(expenses, isOf('expense', ...ownId(expenses)))
    .leftJoin(incomes, isOf('income', ...ownId(incomes)))
    .leftJoin(categories, isOf('category', ...ownId(categories)))
    .leftJoin(budgets, isOf('budget', ...budgetKey))
    .leftJoin(users, isOf('user', [sql`${users.id}`, sql`${changes.userId}`]))
    .where(and(eq(changes.userId, userId), gt(changes.revision, since)))
    .orderBy(asc(changes.revision))
    .limit(limit + 1)

/** The newest revision that the actor has. */
export const newestRevision = ({ userId }: Actor) =>
  statements.select({ revision: users.revision }).from(users).where(eq(users.id, userId))

export type ChangedRow = {
  change: ChangeRow
  expense: typeof expenses.$inferSelect | null
  income: typeof incomes.$inferSelect | null
  category: typeof categories.$inferSelect | null
  budget: BudgetRow | null
  user: typeof users.$inferSelect | null
}
