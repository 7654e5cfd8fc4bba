import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { type Statement, statements, toStatement } from '../../src/db/statement.ts'
import { listCategories } from '../../src/modules/categories/queries.ts'
import { CategoryQuery } from '../../src/modules/categories/schema.ts'
import { expenseRows, listExpenses } from '../../src/modules/expenses/queries.ts'
import { ExpenseQuery } from '../../src/modules/expenses/schema.ts'
import { expenses } from '../../src/modules/expenses/table.ts'
import { deleteExpense } from '../../src/modules/expenses/writes.ts'
import { incomeRows, listIncomes } from '../../src/modules/incomes/queries.ts'
import { IncomeQuery } from '../../src/modules/incomes/schema.ts'
import { spendingBy } from '../../src/modules/reports/queries.ts'
import { SpendingQuery } from '../../src/modules/reports/schema.ts'
import { listSessions } from '../../src/modules/sessions/queries.ts'
import { listTokens, tokenGuards } from '../../src/modules/tokens/queries.ts'
import { userByLogin, userOf } from '../../src/modules/users/queries.ts'
import { employee, newId } from '../support/api.ts'
import { database, planOf, values, write } from '../support/database.ts'

const actor = { userId: newId(), sessionId: newId(), timeZone: 'UTC' }

describe('a listing', () => {
  const filters = ['', 'month=2026-11', 'from=2026-11-01&to=2026-11-30', 'minAmount=1&maxAmount=9', 'q=x']
  const byDate = ['-date', 'date'].flatMap((sort) => filters.map((filter) => `sort=${sort}&${filter}`))
  const byAmount = ['sort=-amount', 'sort=amount', 'sort=-amount&minAmount=1&maxAmount=9', 'sort=amount&q=x']
  const parse = (query: string) => Object.fromEntries(new URLSearchParams(query))

  /** One search of the index that has the order of the listing, and no sorting. */
  const expectOneSearch = async (statement: Statement, table: string, order: string) => {
    const plan = await planOf(statement)
    expect(plan[0]).toContain(`SEARCH ${table} USING INDEX ${table}_by_${order} (user_id=?`)
    expect(plan.filter((step) => step.includes('TEMP B-TREE') || /^SCAN (?!json_each)/.test(step))).toEqual([])
  }

  it.each([...byDate, 'tag=x'])('of expenses by "%s" searches the index of dates', async (query) => {
    await expectOneSearch(listExpenses(actor, ExpenseQuery.parse(parse(query))), 'expenses', 'date')
  })

  it.each([...byAmount, 'sort=amount&tag=x'])('of expenses by "%s" searches the index of amounts', async (query) => {
    await expectOneSearch(listExpenses(actor, ExpenseQuery.parse(parse(query))), 'expenses', 'amount')
  })

  it.each(byDate)('of incomes by "%s" searches the index of dates', async (query) => {
    await expectOneSearch(listIncomes(actor, IncomeQuery.parse(parse(query))), 'incomes', 'date')
  })

  it.each(byAmount)('of incomes by "%s" searches the index of amounts', async (query) => {
    await expectOneSearch(listIncomes(actor, IncomeQuery.parse(parse(query))), 'incomes', 'amount')
  })

  it.each(['', 'sort=date', 'categoryId=none'])(
    'of a category, "%s", searches the index of categories',
    async (query) => {
      const filter = { categoryId: newId(), ...parse(query) }
      await expectOneSearch(listExpenses(actor, ExpenseQuery.parse(filter)), 'expenses', 'category')
    },
  )

  it.each(['sort=amount', 'sort=-amount'])('of a category, "%s", searches its index of amounts', async (query) => {
    const filter = { categoryId: newId(), ...parse(query) }
    await expectOneSearch(listExpenses(actor, ExpenseQuery.parse(filter)), 'expenses', 'category_amount')
  })

  it('of categories searches the index of names', async () => {
    const [step, ...others] = await planOf(listCategories(actor, CategoryQuery.parse({})))
    expect(step).toContain('SEARCH categories USING INDEX categories_name_key (user_id=?')
    expect(others).toEqual([])
  })

  it('goes straight to the page after a cursor', async () => {
    const cursor = btoa(JSON.stringify(['-date', '2026-11-23', newId()]))
    const [step] = await planOf(listExpenses(actor, ExpenseQuery.parse({ cursor })))
    expect(step).toBe('SEARCH expenses USING INDEX expenses_by_date (user_id=? AND (date,id)<(?,?))')
  })

  it('of a month goes straight to its first day', async () => {
    const [step] = await planOf(listExpenses(actor, ExpenseQuery.parse({ month: '2026-11' })))
    expect(step).toBe('SEARCH expenses USING INDEX expenses_by_date (user_id=? AND date>? AND date<?)')
  })
})

describe('the sums of the months', () => {
  it('are counted anew from one index, in its order', async () => {
    // As src/modules/budgets/recount.ts has it.
    const byDay = sql`SELECT category_id, date, sum(iif(refund, -base_amount, base_amount)) FROM expenses
      WHERE user_id = ${actor.userId} AND deleted_at IS NULL GROUP BY category_id, date`
    expect(await planOf(toStatement(byDay))).toEqual([
      'SEARCH expenses USING COVERING INDEX expenses_by_category (user_id=?)',
    ])
  })
})

describe('a report', () => {
  const range = { from: '2026-01', to: '2026-12' }
  const plansOf = (query: object) => planOf(spendingBy(actor, SpendingQuery.parse({ ...range, ...query })))

  it.each(['category', 'month'])('by %s counts the expenses of each line in one index, once', async (by) => {
    const steps = (await plansOf({ by })).filter((step) => / expenses /.test(step))
    expect(steps).toEqual([
      'SEARCH expenses USING COVERING INDEX expenses_by_category (user_id=? AND category_id=? AND date>? AND date<?)',
    ])
  })

  it.each(['merchant', 'tag', 'weekday'])('by %s goes through the expenses of its days, once', async (by) => {
    const [first, ...others] = (await plansOf({ by })).filter((step) => / expenses /.test(step))
    expect(first).toBe('SEARCH expenses USING INDEX expenses_by_date (user_id=? AND date>? AND date<?)')
    // The newest spelling.
    const ofOneDay = 'SEARCH expenses USING INDEX expenses_by_date (user_id=? AND date=?)'
    expect(others).toEqual(by === 'merchant' ? [ofOneDay] : [])
  })
})

it('an API token is found by its digest', async () => {
  const outcome = { refused: Error, outOfScope: Error, held: () => undefined }
  for (const { statement } of tokenGuards({ userId: newId(), hash: 'h' }, ['read'], outcome))
    expect((await planOf(statement)).at(-1)).toMatch(/^SEARCH api_tokens USING INDEX api_tokens_hash_key/)
})

describe('a row', () => {
  const id = newId()
  it.each([
    ['an expense', expenseRows.byId(actor, id)],
    ['an expense to delete', deleteExpense(actor, id).write[0]],
    ['an income', incomeRows.byId(actor, id)],
    ['a user', userOf(actor)],
    ['a user by name', userByLogin('amina')],
    ['a user by address', userByLogin('amina@example.com')],
    ['a page of sessions', listSessions(actor, { limit: 50 })],
    ['a page of API tokens', listTokens(actor, { limit: 50 })],
  ] as [string, Statement][])('is found by a search: %s', async (_, statement) => {
    const plan = await planOf(statement)
    expect(plan).not.toEqual([])
    const steps = plan.filter((step) => !/^(CORRELATED )?(SCALAR|LIST) SUBQUERY|^SCAN json_each/.test(step))
    expect(steps.filter((step) => !step.startsWith('SEARCH') || step.includes('TEMP B-TREE'))).toEqual([])
  })
})

/** An expense that the schema takes, of a user whose currency is USD. */
const row = {
  id: newId(),
  amount: 1,
  baseAmount: 1,
  currency: 'USD',
  baseCurrency: 'USD',
  date: '2026-11-23',
  tags: [],
  createdAt: 1,
  updatedAt: 1,
}

describe('the schema', () => {
  it('is strict, and keeps the rows of a user together', async () => {
    const rows =
      await values(sql`SELECT name, strict, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
      AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'libsql_%'`)
    expect(rows.map(([name]) => name).sort()).toEqual([
      'alerts',
      'api_tokens',
      'budget_lines',
      'budgets',
      'categories',
      'company_logins',
      'deletions',
      'email_proofs',
      'expenses',
      'idempotency_keys',
      'imports',
      'incomes',
      'login_failures',
      'mail_recipients',
      'password_resets',
      'plan_exceptions',
      'plans',
      'readiness',
      'rotations',
      'sessions',
      'users',
    ])
    expect(rows.every(([, strict, withoutRowid]) => strict === 1 && withoutRowid === 1)).toBe(true)
  })

  it.each([
    ['an amount of 0', { amount: 0 }, 'expenses_amount_range'],
    ['an amount past the bound', { amount: 1_000_000_000_001 }, 'expenses_amount_range'],
    ['a date before 1970', { date: '1969-12-31' }, 'expenses_date_range'],
    ['a user who is not there', { userId: newId() }, 'FOREIGN KEY'],
    ["a base currency that is not the user's", { baseCurrency: 'EUR', exchangeRate: '1' }, 'FOREIGN KEY'],
    ['a foreign currency without a rate', { currency: 'EUR' }, 'expenses_rate_required'],
    ['a rate without need', { exchangeRate: '1' }, 'expenses_rate_unneeded'],
    ['a base amount of 0', { baseAmount: 0 }, 'expenses_base_amount_range'],
    ['a category that is not there', { categoryId: newId() }, 'FOREIGN KEY'],
  ])('refuses %s by itself', async (_, change, constraint) => {
    const { user } = await employee()
    const insert = statements.insert(expenses).values({ ...row, userId: user.id, ...change })
    await expect(write(insert)).rejects.toMatchObject({ constraint })
  })
})

describe('a batch', () => {
  it('writes all or nothing', async () => {
    const { user } = await employee()
    const insert = (change: object) => statements.insert(expenses).values({ ...row, userId: user.id, ...change })
    await expect(write(insert({}), insert({ id: newId(), amount: 0 }))).rejects.toThrow()
    const { rows } = await database().read({ rows: expenseRows.byId({ ...actor, userId: user.id }, row.id) })
    expect(rows).toEqual([])
  })
})
