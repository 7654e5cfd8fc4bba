import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { statements, toStatement } from '../../src/db/statement.ts'
import { type Employee, employee, withoutTag } from '../support/api.ts'
import { database } from '../support/database.ts'
import { databaseThat } from '../support/proxied.ts'

const EXPORT = '/v1/users/me/export'

describe('an export', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('of a new user has their settings, their categories and their session', async () => {
    const bruno = await employee()
    const { body } = await bruno.get(EXPORT)
    expect(body).toEqual({
      exportedAt: expect.any(String),
      user: bruno.user,
      categories: expect.toSatisfy((categories) => categories.length === 9),
      budgets: [],
      plans: [],
      occurrenceChanges: [],
      expenses: [],
      incomes: [],
      imports: [],
      alerts: [],
      sessions: (await bruno.get('/v1/auth/sessions')).body.data,
      apiTokens: [],
    })
  })

  it('has all that the user has, deleted expenses, incomes and plans too', async () => {
    const alert = await amina.overspends()
    const income = await amina.earns({ note: 'Überstunden — "残業" \u2028 😀' })
    const foreign = await amina.spends({ currency: 'EUR', exchangeRate: '1.1', tags: ['a', 'b'] })
    const { id: categoryId } = await amina.sorts()
    const { id: deletedId } = await amina.spends({ categoryId })
    await amina.delete(`/v1/expenses/${deletedId}`)
    const plan = await amina.plans()
    const change = { amount: 85_000, date: null, note: 'Less', skipped: false }
    await amina.put(`/v1/plans/${plan.id}/occurrences/2026-11-30`, change)
    const deletedPlan = await amina.deletes('/v1/plans')
    const deletedIncome = await amina.deletes('/v1/incomes')
    const { token, ...apiToken } = await amina.makesToken()
    const { id: importId, counts } = await amina.imports()

    const { body } = await amina.get(EXPORT)
    const { body: categories } = await amina.get('/v1/categories?limit=100')
    expect(body.categories).toEqual(expect.arrayContaining(categories.data.map(withoutTag)))
    expect(body.budgets).toMatchObject([{ target: alert.target, month: '2026-01', limit: 1 }])
    expect(body.alerts).toEqual([alert])
    expect(body.apiTokens).toEqual([apiToken])
    expect(JSON.stringify(body)).not.toContain(token)
    expect(body.imports).toEqual([{ id: importId, createdAt: expect.any(String), counts, takenBack: false }])
    expect(body.incomes).toEqual([
      { ...income, deletedAt: null },
      expect.objectContaining({ id: deletedIncome, deletedAt: expect.any(String) }),
    ])
    expect(body.occurrenceChanges).toEqual([{ planId: plan.id, due: '2026-11-30', ...change }])
    expect(body.plans).toEqual([
      { ...plan, deletedAt: null, formerCategoryId: null },
      expect.objectContaining({ id: deletedPlan, deletedAt: expect.any(String) }),
    ])
    const live = body.expenses.filter(({ deletedAt }: { deletedAt: string | null }) => deletedAt === null)
    expect(live).toContainEqual({ ...foreign, deletedAt: null, formerCategoryId: null })
    expect(live).toHaveLength((await amina.get('/v1/expenses')).body.data.length)
    expect(body.expenses).toContainEqual(
      expect.objectContaining({ id: deletedId, deletedAt: expect.any(String), formerCategoryId: categoryId }),
    )
  })

  it("has nothing of a colleague's", async () => {
    const bruno = await employee()
    await amina.spends({ note: 'a private matter' })
    const { body } = await bruno.get(EXPORT)
    expect(JSON.stringify(body)).not.toContain('a private matter')
    expect(body.sessions).toHaveLength(1)
  })

  it('that breaks midway is seen to be broken', async () => {
    await amina.spends()
    await expect(amina.at(databaseThat('truncate').settings).get(EXPORT)).rejects.toThrow()
  })

  it('whose database is silent is a 503', async () => {
    expect(await amina.at(databaseThat('hang').settings).get(EXPORT)).toBeProblem('service_unavailable')
  })
})

describe('a stream of the database', () => {
  const count = 50_000
  const numbers = toStatement(
    statements
      .select({ value: sql<number>`value` })
      .from(
        sql`(WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT ${count}) SELECT value FROM n)`,
      ),
  )
  const nothing = toStatement(statements.select({ value: sql<number>`1` }).from(sql`(SELECT 1) WHERE FALSE`))

  it('holds some rows at a time, however many there are', async () => {
    let [seen, largest, sum] = [0, 0, 0]
    const names: string[] = []
    for await (const { name, rows } of await database().stream({ nothing, numbers })) {
      if (names.at(-1) !== name) names.push(name)
      seen += rows.length
      sum += rows.reduce((total, { value }) => total + value, 0)
      largest = Math.max(largest, rows.length)
    }
    expect(names).toEqual(['nothing', 'numbers'])
    expect([seen, sum]).toEqual([count, (count * (count + 1)) / 2])
    expect(largest).toBeLessThan(count / 10)
  })

  it('can be left early', async () => {
    for await (const { rows } of await database().stream({ numbers })) if (rows.length > 0) break
  })
})
