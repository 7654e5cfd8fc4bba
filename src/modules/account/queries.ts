import { asc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { compile, type Params, type Statement, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { alertColumns } from '../budgets/alert-queries.ts'
import { alerts } from '../budgets/alert-table.ts'
import { budgets } from '../budgets/table.ts'
import { categoryColumns } from '../categories/queries.ts'
import { categories } from '../categories/table.ts'
import { expenseColumns } from '../expenses/queries.ts'
import { expenses } from '../expenses/table.ts'
import { imports } from '../imports/table.ts'
import { incomeColumns } from '../incomes/queries.ts'
import { incomes } from '../incomes/table.ts'
import { planColumns } from '../plans/queries.ts'
import { planExceptions, plans } from '../plans/table.ts'
import { sessions } from '../sessions/table.ts'
import { tokensOf } from '../tokens/queries.ts'
import { deleteUser, userOf } from '../users/queries.ts'

type Own = Params<'userId'>

const selectCategories = compile(({ userId }: Own) =>
  statements.select(categoryColumns).from(categories).where(eq(categories.userId, userId)).orderBy(asc(categories.id)),
)

const selectBudgets = compile(({ userId }: Own) =>
  statements
    .select(getTableColumns(budgets))
    .from(budgets)
    .where(eq(budgets.userId, userId))
    .orderBy(asc(budgets.target), asc(budgets.scope), asc(budgets.month)),
)

const selectPlans = compile(({ userId }: Own) =>
  statements
    .select({ ...planColumns, deletedAt: plans.deletedAt })
    .from(plans)
    .where(eq(plans.userId, userId))
    .orderBy(asc(plans.id)),
)

const selectOccurrenceChanges = compile(({ userId }: Own) => {
  const { planId, due, amount, date, note, skipped } = planExceptions
  return statements
    .select({ planId, due, amount, date, note, skipped })
    .from(planExceptions)
    .where(eq(planExceptions.userId, userId))
    .orderBy(asc(planId), asc(due))
})

const selectExpenses = compile(({ userId }: Own) =>
  statements
    .select({ ...expenseColumns, deletedAt: expenses.deletedAt })
    .from(expenses)
    .where(eq(expenses.userId, userId))
    .orderBy(asc(expenses.id)),
)

const selectIncomes = compile(({ userId }: Own) =>
  statements
    .select({ ...incomeColumns, deletedAt: incomes.deletedAt })
    .from(incomes)
    .where(eq(incomes.userId, userId))
    .orderBy(asc(incomes.id)),
)

const selectImports = compile(({ userId }: Own) => {
  const { id, createdAt, counts, takenBack } = imports
  return statements
    .select({ id, createdAt, counts, takenBack })
    .from(imports)
    .where(eq(imports.userId, userId))
    .orderBy(asc(imports.id))
})

const selectAlerts = compile(({ userId }: Own) =>
  statements.select(alertColumns).from(alerts).where(eq(alerts.userId, userId)).orderBy(asc(alerts.id)),
)

const selectSessions = compile(({ userId }: Own) =>
  statements.select().from(sessions).where(eq(sessions.userId, userId)).orderBy(asc(sessions.id)),
)

/** All that the actor has, deleted expenses, incomes and plans included; each in the order of its primary key, unsorted. */
export const everythingOf = ({ userId }: Actor) => ({
  user: userOf({ userId }),
  categories: selectCategories({ userId }),
  budgets: selectBudgets({ userId }),
  plans: selectPlans({ userId }),
  occurrenceChanges: selectOccurrenceChanges({ userId }),
  expenses: selectExpenses({ userId }),
  incomes: selectIncomes({ userId }),
  imports: selectImports({ userId }),
  alerts: selectAlerts({ userId }),
  sessions: selectSessions({ userId }),
  apiTokens: tokensOf({ userId }),
})

/**
 * How many expenses or incomes one transaction erases: some 0.3 s, in which no colleague can write. A single one of 100,000
 * would take six seconds.
 */
const ERASED_ROWS = 5000

const selectSize = compile(({ userId }: Own) => {
  const count = (table: SQL) => sql<number>`(SELECT count(*) FROM ${table} WHERE user_id = ${userId})`
  const columns = { expenses: count(sql`expenses`), incomes: count(sql`incomes`) }
  return statements.select(columns).from(sql`(SELECT 1)`)
})

/** How many expenses and incomes the actor has, deleted ones included. */
export const sizeOf = ({ userId }: Actor) => selectSize({ userId })

const deleteSlice = (table: SQL) =>
  compile(
    ({ userId }: Own) => sql`DELETE FROM ${table} WHERE user_id = ${userId} AND id IN (
      SELECT id FROM ${table} WHERE user_id = ${userId} ORDER BY id LIMIT ${sql.raw(String(ERASED_ROWS))})`,
  )
const deleteExpenses = deleteSlice(sql`expenses`)
const deleteIncomes = deleteSlice(sql`incomes`)

/** What erases an account of this size: each is a transaction of its own, and the last erases all that is left. */
export const erasuresOf = ({ userId }: Actor, size: { expenses: number; incomes: number }): Statement[] => [
  ...Array.from({ length: Math.floor(size.expenses / ERASED_ROWS) }, () => deleteExpenses({ userId })),
  ...Array.from({ length: Math.floor(size.incomes / ERASED_ROWS) }, () => deleteIncomes({ userId })),
  deleteUser({ userId }),
]
