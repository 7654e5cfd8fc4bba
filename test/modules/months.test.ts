import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Statement, statements } from '../../src/db/statement.ts'
import { budgetLines } from '../../src/modules/budgets/line-table.ts'
import { plansAround } from '../../src/modules/months/plan-queries.ts'
import { users } from '../../src/modules/users/table.ts'
import { type Employee, employee, newId } from '../support/api.ts'
import { planOf, write } from '../support/database.ts'

const at = (instant: string) => vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(instant) })

afterEach(() => {
  vi.useRealTimers()
})

describe('the month at a glance', () => {
  it('is what the document shows as its example', async () => {
    at('2026-11-23T12:00:00Z')
    const amina = await employee()
    const names = ['Fare', 'House', 'Trips']
    const [food, housing, travel] = [
      await amina.sorts({ name: names[0] }),
      await amina.sorts({ name: names[1] }),
      await amina.sorts({ name: names[2] }),
    ]
    await amina.limits('overall', { limit: 200_000 }, '2026-01')
    await amina.limits(food.id, { limit: 40_000, rollover: 'surplus' }, '2026-09')
    await amina.limits(housing.id, { limit: 150_000 }, '2026-01')
    await amina.plans({ amount: 90_000, start: '2026-11-30', categoryId: housing.id })
    await amina.spends({ amount: 40_000, date: '2026-09-30', categoryId: food.id })
    await amina.spends({ amount: 37_500, date: '2026-10-31', categoryId: food.id })
    await amina.spends({ amount: 35_200, date: '2026-11-01', categoryId: food.id })
    await amina.spends({ amount: 30_000, date: '2026-11-30', categoryId: travel.id })
    await amina.spends({ amount: 1299 })
    await amina.earns({ amount: 320_000 })
    const { body } = await amina.get('/v1/months/current')
    const { example } = (await amina.get('/openapi.json')).body.components.schemas.MonthView
    const categories = [food, housing, travel].map(({ id }, i) => ({
      ...example.categories[i],
      target: id,
      name: names[i],
    }))
    expect(body).toEqual({ ...example, categories })
  })

  it('of an employee who has only begun is empty', async () => {
    const amina = await employee({ currency: 'JPY', monthStartDay: 25 })
    expect((await amina.get('/v1/months/2026-02')).body).toEqual({
      month: '2026-02',
      from: '2026-02-25',
      to: '2026-03-24',
      currency: 'JPY',
      daysLeft: 0,
      income: 0,
      spent: 0,
      net: 0,
      planned: { spent: 0, income: 0 },
      budgeted: 0,
      overall: null,
      categories: [],
      uncategorized: { spent: 0, planned: 0 },
      unreadAlerts: 0,
    })
  })

  it('shows an archived category that has spending or a limit, and no deleted one', async () => {
    const amina = await employee()
    const [limited, spent, idle] = [await amina.sorts(), await amina.sorts(), await amina.sorts()]
    await amina.limits(limited.id)
    await amina.spends({ categoryId: spent.id })
    for (const { id } of [limited, spent, idle]) await amina.patch(`/v1/categories/${id}`, { archived: true })
    const targets = async () =>
      (await amina.get('/v1/months/2026-11')).body.categories.map(({ target }: { target: string }) => target)
    expect((await targets()).toSorted()).toEqual([limited.id, spent.id].toSorted())
    await amina.delete(`/v1/categories/${spent.id}?moveTo=${(await amina.sorts()).id}`)
    expect(await targets()).not.toContain(spent.id)
  })

  it('shows an archived category up to the running month, and later only where money is spent', async () => {
    at('2026-11-23T12:00:00Z')
    const amina = await employee()
    const { id } = await amina.sorts()
    await amina.limits(id, { limit: 500 }, '2026-10')
    await amina.spends({ date: '2027-02-01', categoryId: id })
    const linesIn = async (month: string) => {
      const { body } = await amina.get(`/v1/months/${month}`)
      return [body.budgeted, body.categories.map(({ archived }: { archived: boolean }) => archived)]
    }
    expect(await linesIn('2027-01')).toEqual([500, [false]])
    await amina.patch(`/v1/categories/${id}`, { archived: true })
    for (const month of ['2026-10', '2026-11', '2027-02']) expect(await linesIn(month)).toEqual([500, [true]])
    for (const month of ['2026-12', '2027-01', '2199-12']) expect(await linesIn(month)).toEqual([0, []])
  })

  it('says what is budgeted in all categories together, beside the limit on everything', async () => {
    const amina = await employee()
    const [food, rent] = [await amina.sorts(), await amina.sorts()]
    await amina.limits('overall', { limit: 900 })
    await amina.limits(food.id, { limit: 300 })
    await amina.limits(rent.id, { limit: 700 })
    await amina.spends({ categoryId: (await amina.sorts()).id })
    expect((await amina.get('/v1/months/2026-11')).body).toMatchObject({ budgeted: 1000, overall: { limit: 900 } })
  })

  it('projects what is dated later as it is, and only the rest by its pace', async () => {
    at('2026-11-05T12:00:00Z')
    const amina = await employee()
    const [rent, food] = [await amina.sorts({ name: 'A' }), await amina.sorts({ name: 'B' })]
    await amina.limits('overall')
    await amina.spends({ amount: 90_000, date: '2026-11-30', categoryId: rent.id })
    await amina.spends({ amount: 1000, date: '2026-11-05', categoryId: food.id })
    await amina.spends({ amount: 200, date: '2026-11-06', categoryId: food.id, refund: true })
    await amina.spends({ amount: 100, date: '2026-11-07' })
    await amina.spends({ amount: 5, date: '2026-12-01' })
    await amina.deletes('/v1/expenses')
    // Nothing is spent there in the end, and part of it only later.
    const { id: gift } = await amina.sorts()
    await amina.spends({ amount: 50, date: '2026-11-01', refund: true, categoryId: gift })
    await amina.spends({ amount: 50, date: '2026-11-20', categoryId: gift })
    const projected = async (month: string) => {
      const { overall, categories } = (await amina.get(`/v1/months/${month}`)).body
      return [overall, ...categories].map(({ projectedSpent }) => projectedSpent)
    }
    // At one pace, all of it would have been six times what it is: 545400 of everything.
    const november = [95_650, 90_000, 5800]
    expect([await projected('current'), await projected('2026-11')]).toEqual([november, november])
    expect(await projected('2026-12')).toEqual([null])
    at('2026-11-02T12:00:00Z')
    expect(await projected('current')).toEqual([null, null, null])
  })

  it.each([
    ['2026-11-10', '2026-11-24'],
    ['2026-11-30', '2026-12-24'],
    ['2027-01-03', '2027-01-24'],
    ['2028-02-28', '2028-03-24'],
  ])('that starts on the 25th, on %s, has what is dated later until %s', async (today, last) => {
    at(`${today}T12:00:00Z`)
    const amina = await employee({ monthStartDay: 25 })
    const { id: categoryId } = await amina.sorts()
    await amina.spends({ amount: 100, date: last, categoryId })
    const { body } = await amina.get('/v1/months/current')
    expect(body).toMatchObject({ to: last, categories: [{ spent: 100, projectedSpent: 100 }] })
  })

  it.each([
    // The border of a month, in two zones on either side of it.
    ['2026-12-01T09:30:00Z', 'Pacific/Honolulu', '2026-11', 1], // 23:30 on the 30th
    ['2026-12-01T10:00:00Z', 'Pacific/Honolulu', '2026-12', 31],
    ['2026-12-01T00:30:00Z', 'Australia/Brisbane', '2026-12', 31], // 10:30 on the 1st
    ['2026-12-01T00:30:00Z', 'Pacific/Honolulu', '2026-11', 1],
    ['2026-11-30T14:00:00Z', 'Australia/Brisbane', '2026-12', 31],
    // New Year, and the end of February in a leap year.
    ['2026-12-31T23:59:59Z', 'UTC', '2026-12', 1],
    ['2027-01-01T00:00:00Z', 'UTC', '2027-01', 31],
    ['2028-02-29T12:00:00Z', 'UTC', '2028-02', 1],
    // Clocks go forward at 01:00 UTC on the 29th, back at 01:00 UTC on the 25th; the month ends two days later.
    ['2026-03-31T21:59:59Z', 'Europe/Paris', '2026-03', 1],
    ['2026-03-31T22:00:00Z', 'Europe/Paris', '2026-04', 30],
    ['2026-10-31T22:59:59Z', 'Europe/Paris', '2026-10', 1],
    ['2026-10-31T23:00:00Z', 'Europe/Paris', '2026-11', 30],
    // The month ends on the very day on which the clocks go back.
    ['2026-11-01T03:59:59Z', 'America/New_York', '2026-10', 1],
    ['2026-11-01T04:00:00Z', 'America/New_York', '2026-11', 30],
  ])('that is current at %s in %s is %s, with %i days left', async (instant, timeZone, month, daysLeft) => {
    at(instant)
    const amina = await employee({ timeZone })
    expect((await amina.get('/v1/months/current')).body).toMatchObject({ month, daysLeft })
    await amina.put('/v1/months/current/budgets/overall', { limit: 100 })
    const { body } = await amina.post('/v1/expenses', { amount: 1 })
    expect(body.budget).toMatchObject([{ month, limit: 100 }])
  })

  it('is another one from the moment on which the time zone changes', async () => {
    at('2026-12-01T00:30:00Z')
    const amina = await employee({ timeZone: 'Pacific/Honolulu' })
    await amina.patch('/v1/users/me', { timeZone: 'Australia/Brisbane' })
    expect((await amina.get('/v1/months/current')).body.month).toBe('2026-12')
  })

  it('has another ETag after any write of the user, where an alert is read, and on another day', async () => {
    at('2026-11-23T23:58:00Z')
    const amina = await employee()
    const { id } = await amina.sorts()
    const { id: alert } = await amina.overspends()
    const tags: (string | null)[] = []
    const changes = async (change: () => Promise<unknown>) => {
      await change()
      const { headers } = await amina.get('/v1/months/2026-11')
      const isNew = !tags.includes(headers.get('ETag'))
      tags.push(headers.get('ETag'))
      return isNew
    }
    expect(await changes(async () => undefined)).toBe(true)
    expect(await changes(() => amina.get('/v1/months/2026-11'))).toBe(false)
    expect(await changes(() => amina.limits(id, { rollover: 'full' }, '2026-09'))).toBe(true)
    expect(await changes(() => amina.spends({ date: '2026-09-02', categoryId: id }))).toBe(true)
    expect(await changes(() => amina.earns({ date: '2026-11-30' }))).toBe(true)
    expect(await changes(() => amina.patch(`/v1/categories/${id}`, { name: 'Renamed' }))).toBe(true)
    expect(await changes(() => amina.patch(`/v1/alerts/${alert}`, { read: true }))).toBe(true)
    expect(await changes(async () => at('2026-11-24T00:00:00Z'))).toBe(true)
    const headers = { 'If-None-Match': tags.at(-1) ?? '' }
    expect((await amina.get('/v1/months/2026-11', { headers })).status).toBe(304)
  })

  it('follows the day on which the month starts', async () => {
    const amina = await employee()
    await amina.limits('overall', { limit: 100, rollover: 'full' }, '2026-09')
    await amina.spends({ amount: 70, date: '2026-10-24' })
    await amina.earns({ amount: 30, date: '2026-10-25' })
    const months = async () =>
      (await amina.get('/v1/months?from=2026-09&to=2026-11')).body.data.map(
        ({ income, spent, available }: Record<string, number>) => [income, spent, available],
      )
    expect(await months()).toEqual([
      [0, 0, 100],
      [30, 70, 130],
      [0, 0, 230],
    ])
    await amina.patch('/v1/users/me', { monthStartDay: 25 })
    expect(await months()).toEqual([
      [0, 70, 30],
      [30, 0, 130],
      [0, 0, 230],
    ])
  })
})

describe('what is planned in a month', () => {
  const monthly = { every: 1, unit: 'month' }
  const monthOf = async (who: Employee, month: string) => (await who.get(`/v1/months/${month}`)).body
  /** What the month and the line of one category say of plans. */
  const plannedIn = async (who: Employee, month: string, target: string) => {
    const { planned, categories } = await monthOf(who, month)
    const line = categories.find((one: { target: string }) => one.target === target)
    return [planned.spent, line?.planned, line?.free, line?.projectedSpent]
  }

  it('is what is due there, on its own day or on the one to which it is moved, until it is posted or skipped', async () => {
    at('2026-11-10T12:00:00Z')
    const amina = await employee()
    const { id } = await amina.sorts()
    await amina.limits(id, { limit: 150_000 }, '2026-10')
    const rent = await amina.plans({ amount: 90_000, start: '2026-10-31', categoryId: id })
    const path = `/v1/plans/${rent.id}/occurrences`
    const november = () => plannedIn(amina, '2026-11', id)
    expect(await november()).toEqual([90_000, 90_000, 60_000, 90_000])
    expect((await monthOf(amina, 'current')).categories).toMatchObject([{ dailyAllowance: 2857, state: 'under' }])
    // One that is overdue counts in its own month, and is no spending of it.
    expect(await plannedIn(amina, '2026-10', id)).toEqual([90_000, 90_000, 60_000, 0])
    expect(await plannedIn(amina, '2027-02', id)).toEqual([90_000, 90_000, 60_000, null])
    expect((await monthOf(amina, '2026-09')).planned).toEqual({ spent: 0, income: 0 })

    await amina.put(`${path}/2026-10-31`, { date: '2026-11-05' })
    await amina.put(`${path}/2026-11-30`, { amount: 95_000 })
    expect(await plannedIn(amina, '2026-10', id)).toEqual([0, 0, 150_000, 0])
    expect(await november()).toEqual([185_000, 185_000, -35_000, 185_000])
    const { body: entry } = await amina.post(`${path}/2026-10-31/post`, {})
    await amina.spends({ amount: 1000, date: '2026-11-10', categoryId: id })
    await amina.spends({ amount: 500, date: '2026-11-20', categoryId: id })
    // Of what is not planned, 1000 in 10 days of 30 are a pace. It is over what there is, and nothing is left for a day.
    expect(await november()).toEqual([95_000, 95_000, -36_500, 3000 + 500 + 90_000 + 95_000])
    expect((await monthOf(amina, 'current')).categories).toMatchObject([{ available: 58_500, dailyAllowance: 0 }])
    await amina.delete(`/v1/expenses/${entry.id}`)
    expect(await november()).toEqual([95_000, 95_000, 53_500, 98_500])
    await amina.post(`/v1/expenses/${entry.id}/restore`)
    await amina.put(`${path}/2026-11-30`, { date: '2026-12-01' })
    expect(await november()).toEqual([0, 0, 58_500, 93_500])
    expect(await plannedIn(amina, '2026-12', id)).toEqual([180_000, 180_000, -30_000, null])
    await amina.put(`${path}/2026-12-31`, { skipped: true })
    expect(await plannedIn(amina, '2026-12', id)).toEqual([90_000, 90_000, 60_000, null])

    // The occurrence that was moved to December is none of the plan any more; what is posted stays no pace.
    await amina.patch(`/v1/plans/${rent.id}`, { until: '2026-11-29' })
    expect(await plannedIn(amina, '2026-12', id)).toEqual([0, 0, 150_000, null])
    await amina.delete(`/v1/plans/${rent.id}`)
    expect(await november()).toEqual([0, 0, 58_500, 93_500])
  })

  it('adds up, with a line for a category that has nothing else, archived or not', async () => {
    at('2026-11-10T12:00:00Z')
    const amina = await employee()
    const [flat, car] = [await amina.sorts({ name: 'A' }), await amina.sorts({ name: 'B' })]
    await amina.plans({ amount: 90_000, categoryId: flat.id })
    await amina.plans({ amount: 30_000, categoryId: car.id, start: '2027-01-15', repeat: { every: 1, unit: 'year' } })
    await amina.plans({ amount: 1500, start: '2026-11-04', repeat: { every: 1, unit: 'week' } })
    await amina.plans({ amount: 2, start: '2026-11-10', repeat: null })
    await amina.plans({ kind: 'income', amount: 320_000, start: '2026-11-25' })
    await amina.limits('overall', { limit: 200_000 })
    for (const { id } of [flat, car]) await amina.patch(`/v1/categories/${id}`, { archived: true })
    const nothing = { limit: null, spent: 0, available: null, free: null, dailyAllowance: null, archived: true }
    const november = await monthOf(amina, '2026-11')
    expect(november).toMatchObject({
      planned: { spent: 90_000 + 4 * 1500 + 2, income: 320_000 },
      uncategorized: { spent: 0, planned: 6002 },
      overall: { spent: 0, available: 200_000, planned: 96_002, free: 103_998, projectedSpent: 96_002 },
      categories: [{ ...nothing, target: flat.id, planned: 90_000, projectedSpent: 90_000 }],
      spent: 0,
      net: 0,
      budgeted: 0,
    })
    expect(await monthOf(amina, '2027-01')).toMatchObject({
      planned: { spent: 120_000 + 4 * 1500, income: 320_000 },
      categories: [{ target: flat.id }, { ...nothing, target: car.id, planned: 30_000 }],
    })
  })

  it('follows the months of the user and the day that it is for them', async () => {
    at('2026-12-24T22:59:00Z')
    const amina = await employee({ monthStartDay: 25, timeZone: 'Europe/Paris' })
    await amina.plans({ kind: 'income', amount: 320_000, start: '2026-11-25', repeat: monthly })
    await amina.plans({ amount: 90_000, start: '2026-10-31', repeat: { ...monthly, day: 31 } })
    await amina.limits('overall', { limit: 150_000 }, '2026-11')
    const planned = async () => {
      const { month, planned, overall } = await monthOf(amina, 'current')
      return [month, planned.spent, planned.income, overall.dailyAllowance]
    }
    expect(await planned()).toEqual(['2026-11', 90_000, 320_000, 60_000])
    at('2026-12-24T23:00:00Z')
    expect(await planned()).toEqual(['2026-12', 90_000, 320_000, 1935])
    await amina.patch('/v1/users/me', { monthStartDay: 1 })
    // Both ends of the month: on the 31st, and on the 25th.
    expect(await planned()).toEqual(['2026-12', 90_000, 320_000, 8571])
    await amina.patch('/v1/users/me', { timeZone: 'Pacific/Kiritimati', monthStartDay: 26 })
    expect(await planned()).toEqual(['2026-11', 90_000, 320_000, 60_000])
  })

  it('costs what the month shows, by indexes, however much there is beside it', async () => {
    const amina = await employee()
    await amina.plans({ amount: 3, start: '1970-01-01', repeat: { every: 1, unit: 'day' } })
    expect((await monthOf(amina, '2199-12')).planned.spent).toBe(93)
    const { selects, condition } = plansAround({ ...amina.user, userId: amina.user.id, sessionId: '' }, 'current')
    const steps = async (statement: Statement) =>
      (await planOf(statement)).filter((step) => /^(SEARCH|SCAN) (?!near|.*\(subquery|CONSTANT)/.test(step))
    expect(await steps(condition)).toEqual([
      expect.stringMatching(/^SEARCH plans .*\(user_id=\?\)$/),
      expect.stringMatching(/^SEARCH users .*\(id=\?\)$/),
      expect.stringMatching(/^SEARCH expenses USING INDEX expenses_by_date \(user_id=\? AND date>\?\)$/),
    ])
    const posted = ['expenses', 'incomes'].map((table) =>
      expect.stringMatching(
        `^SEARCH it USING COVERING INDEX ${table}_by_plan \\(user_id=\\? AND plan_id=\\? AND plan_due`,
      ),
    )
    expect(await steps(selects.plans)).toEqual([expect.stringMatching(/^SEARCH plans .*\(user_id=\?\)$/), ...posted])
    expect(await steps(selects.exceptions)).toEqual([
      'SEARCH plan_exceptions USING COVERING INDEX plan_exceptions_by_date (user_id=? AND date>? AND date<?)',
      expect.stringMatching(/^SEARCH plans .*\(user_id=\?\)$/),
      'SEARCH e USING PRIMARY KEY (user_id=? AND plan_id=? AND due>? AND due<?)',
      'SEARCH x USING PRIMARY KEY (user_id=? AND plan_id=? AND due=?)',
      ...posted,
    ])
    expect(await steps(selects.posted)).toEqual([
      'SEARCH expenses USING COVERING INDEX expenses_posted (user_id=? AND date>? AND date<?)',
    ])
    expect(await steps(selects.later)).toEqual([
      expect.stringMatching(/^SEARCH categories .*\(user_id=\?\)$/),
      'SEARCH expenses USING COVERING INDEX expenses_by_category (user_id=? AND category_id=? AND date>? AND date<?)',
    ])
  })
})

describe('the figures of several months', () => {
  it.each([
    ['from=2026-01&to=2028-12', 36],
    ['from=2026-01&to=2026-01', 1],
  ])('are given for %s', async (query, count) => {
    const { body } = await (await employee()).get(`/v1/months?${query}`)
    expect(body.data).toHaveLength(count)
    expect(body.nextCursor).toBe(null)
  })

  it.each([
    ['from=2026-01&to=2029-01', '/to', 'too_many'],
    ['from=2026-02&to=2026-01', '/to', 'contradiction'],
    ['from=2026-02', '/to', 'required'],
    ['to=2026-02', '/from', 'required'],
    ['from=current&to=2026-02', '/from', 'invalid_format'],
  ])('are refused for %s', async (query, pointer, code) => {
    expect(await (await employee()).get(`/v1/months?${query}`)).toBeFaultAt(pointer, code, 'query')
  })
})

describe('what is carried in', () => {
  const figuresOf = async (caller: Employee, target: string, month: string) => {
    const { body } = await caller.get(`/v1/months/${month}`)
    const { carriedIn, spent, available } = body.categories.find((line: { target: string }) => line.target === target)
    return [carriedIn, spent, available]
  }

  it.each([
    ['none', [0, 60, 40], [0, 150, -50], [0, 0, 100]],
    ['surplus', [0, 60, 40], [40, 150, -10], [0, 0, 100]],
    ['full', [0, 60, 40], [40, 150, -10], [-10, 0, 90]],
  ])('under %s', async (rollover, ...expected) => {
    const amina = await employee()
    const { id } = await amina.sorts()
    await amina.limits(id, { limit: 100, rollover }, '2026-12')
    await amina.spends({ amount: 5000, date: '2026-11-30', categoryId: id }) // before there was a limit
    await amina.spends({ amount: 60, date: '2026-12-01', categoryId: id })
    await amina.spends({ amount: 150, date: '2027-01-31', categoryId: id })
    expect([
      await figuresOf(amina, id, '2026-12'),
      await figuresOf(amina, id, '2027-01'),
      await figuresOf(amina, id, '2027-02'),
    ]).toEqual(expected)
  })

  it('follows what happens to an old expense', async () => {
    const amina = await employee()
    const [food, pets] = [await amina.sorts(), await amina.sorts()]
    await amina.limits(food.id, { limit: 100, rollover: 'full' }, '2026-01')
    const carried = async () => (await figuresOf(amina, food.id, '2026-11'))[0]
    expect(await carried()).toBe(1000)
    const { id } = await amina.spends({ amount: 30, date: '2026-03-15', categoryId: food.id })
    expect(await carried()).toBe(970)
    await amina.patch(`/v1/expenses/${id}`, { amount: 130 })
    expect(await carried()).toBe(870)
    await amina.patch(`/v1/expenses/${id}`, { categoryId: pets.id })
    expect(await carried()).toBe(1000)
    await amina.put(`/v1/expenses/${id}`, { amount: 10, date: '2026-10-31', categoryId: food.id })
    expect(await carried()).toBe(990)
    await amina.patch(`/v1/expenses/${id}`, { date: '2026-11-01' })
    expect(await carried()).toBe(1000)
    await amina.patch(`/v1/expenses/${id}`, { date: '2025-12-31' })
    expect(await carried()).toBe(1000)
    await amina.delete(`/v1/expenses/${id}`)
    expect(await carried()).toBe(1000)
  })

  it('follows a limit that changed in between, was overridden, or ended for a while', async () => {
    const amina = await employee()
    const { id } = await amina.sorts()
    await amina.limits(id, { limit: 100, rollover: 'full' }, '2026-01')
    await amina.limits(id, { limit: 200, rollover: 'full' }, '2026-03')
    await amina.limits(id, { limit: 50, rollover: 'none', scope: 'month' }, '2026-05')
    expect((await figuresOf(amina, id, '2026-04'))[0]).toBe(400)
    expect((await figuresOf(amina, id, '2026-05'))[0]).toBe(0)
    expect((await figuresOf(amina, id, '2026-07'))[0]).toBe(250)
    await amina.delete(`/v1/months/2026-08/budgets/${id}`)
    await amina.limits(id, { limit: 10, rollover: 'full' }, '2026-10')
    expect((await figuresOf(amina, id, '2026-10'))[0]).toBe(0)
    expect((await figuresOf(amina, id, '2026-11'))[0]).toBe(10)
  })

  it('goes on for as long as there are months', async () => {
    const amina = await employee()
    await amina.limits('overall', { limit: 1_000_000_000_000, rollover: 'surplus' }, '1970-01')
    const { body } = await amina.get('/v1/months/2199-12')
    expect(body.overall.available).toBe(2_760_000_000_000_000)
  })
})

describe('the verdict', () => {
  let amina: Employee
  let food: { id: string; name: string }
  let pets: { id: string }
  beforeAll(async () => {
    amina = await employee()
    food = await amina.sorts()
    pets = await amina.sorts()
    await amina.limits(food.id, { limit: 100, alertPercents: [50, 80, 100] }, '2026-01')
    await amina.limits('overall', { limit: 1000 }, '2026-01')
  })

  // biome-ignore lint/suspicious/noExplicitAny: as in Answer.
  type Line = any
  const said = ({ budget }: { budget: Line[] }) =>
    budget.map(({ target, month, before, after, crossed }) => [target, month, before.spent, after.spent, crossed])

  it('is told of everything and of the category, whatever is written', async () => {
    const date = '2026-02-10'
    const { body: made } = await amina.post('/v1/expenses', { amount: 60, date, categoryId: food.id })
    expect(made.budget).toEqual([
      {
        target: 'overall',
        name: null,
        month: '2026-02',
        limit: 1000,
        before: { spent: 0, available: 1000, state: 'under' },
        after: { spent: 60, available: 940, percentUsed: 6, state: 'under' },
        crossed: [],
      },
      {
        target: food.id,
        name: food.name,
        month: '2026-02',
        limit: 100,
        before: { spent: 0, available: 100, state: 'under' },
        after: { spent: 60, available: 40, percentUsed: 60, state: 'alert' },
        crossed: [50],
      },
    ])
    const path = `/v1/expenses/${made.id}`
    const put = await amina.put(path, { amount: 101, date, categoryId: food.id })
    expect(said(put.body)).toEqual([
      ['overall', '2026-02', 60, 101, []],
      [food.id, '2026-02', 60, 101, [80, 100]],
    ])
    const patched = await amina.patch(path, { note: 'the same' })
    expect(said(patched.body)).toEqual([
      ['overall', '2026-02', 101, 101, []],
      [food.id, '2026-02', 101, 101, []],
    ])
    const moved = await amina.patch(path, { categoryId: pets.id, date: '2026-03-10' })
    expect(said(moved.body)).toEqual(
      expect.arrayContaining([
        ['overall', '2026-02', 101, 0, []],
        [food.id, '2026-02', 101, 0, []],
        ['overall', '2026-03', 0, 101, []],
        [pets.id, '2026-03', 0, 101, []],
      ]),
    )
    expect(moved.body.budget).toHaveLength(4)
    const cleared = await amina.patch(path, { categoryId: null })
    expect(said(cleared.body)).toEqual([
      ['overall', '2026-03', 101, 101, []],
      [pets.id, '2026-03', 101, 0, []],
    ])
    const { status, body } = await amina.delete(path)
    expect([status, said(body)]).toEqual([200, [['overall', '2026-03', 101, 0, []]]])
  })

  it('names what is crossed ascending, by the thresholds that the write leaves', async () => {
    const bruno = await employee()
    await bruno.limits('overall', { limit: 100, alertPercents: [100, 50, 80] })
    const { body } = await bruno.post('/v1/expenses', { amount: 85, date: '2026-11-01' })
    expect(body.budget[0].crossed).toEqual([50, 80])
    const lower = { limit: 100, alertPercents: [90, 85, 30, 80] }
    const lowered = await bruno.put('/v1/months/2026-11/budgets/overall', lower)
    // 80 was crossed before; 30 and 85 are crossed by being lowered past what is spent.
    expect(lowered.body.budget[0]).toMatchObject({ after: { percentUsed: 85, state: 'alert' }, crossed: [30, 85] })
    const alerts = (await bruno.get('/v1/alerts')).body.data.map(({ percent }: { percent: number }) => percent)
    expect(alerts.toSorted((a: number, b: number) => a - b)).toEqual([30, 50, 80, 85])
  })

  it('never says 80 percent of what is not in alert at 80', async () => {
    const bruno = await employee()
    await bruno.limits('overall', { limit: 10_000 })
    const { body } = await bruno.post('/v1/expenses', { amount: 7999, date: '2026-11-01' })
    expect(body.budget[0].after).toMatchObject({ percentUsed: 79.9, state: 'under' })
  })

  it('is told of the month before the first, too', async () => {
    const bruno = await employee({ monthStartDay: 28 })
    const { body } = await bruno.post('/v1/expenses', { amount: 1, date: '1970-01-01' })
    expect(said(body)).toEqual([['overall', '1969-12', 0, 1, []]])
  })

  it('counts what foreign money is worth at home', async () => {
    const bruno = await employee({ currency: 'EUR' })
    const { body } = await bruno.post('/v1/expenses', {
      amount: 1000,
      currency: 'JPY',
      exchangeRate: '0.0061',
      date: '2026-11-01',
    })
    expect(said(body)).toEqual([['overall', '2026-11', 0, 610, []]])
  })

  it('is no part of the resource: the ETag is that of the expense', async () => {
    const { body, headers } = await amina.post('/v1/expenses', { amount: 1 })
    expect((await amina.get(`/v1/expenses/${body.id}`)).headers.get('ETag')).toBe(headers.get('ETag'))
  })

  it('leaves nothing behind where a write fails', async () => {
    const bruno = await employee({ currency: 'EUR' })
    const { id } = await bruno.sorts()
    await bruno.limits(id, { limit: 1 })
    const foreign = { amount: 500, currency: 'USD', date: '2026-11-01', categoryId: id }
    expect(await bruno.post('/v1/expenses', foreign)).toBeFaultAt('/exchangeRate', 'required')
    expect((await bruno.get('/v1/months/2026-11')).body).toMatchObject({ spent: 0 })
    expect((await bruno.get('/v1/alerts')).body.data).toEqual([])
  })

  it('is exact as far as sums go, past which a write is refused', async () => {
    const bruno = await employee()
    const { id } = await bruno.spends({ amount: 1 })
    const [lines, totals] = [eq(budgetLines.userId, bruno.user.id), eq(users.id, bruno.user.id)]
    const almost = 4_499_999_999_999_000
    await write(
      statements.update(budgetLines).set({ spent: almost }).where(lines),
      statements.update(users).set({ totalSpent: almost }).where(totals),
    )
    const { body } = await bruno.post('/v1/expenses', { amount: 999, date: '2026-11-01' })
    expect(said(body)).toEqual([['overall', '2026-11', 4_499_999_999_999_000, 4_499_999_999_999_999, []]])
    expect(await bruno.post('/v1/expenses', { amount: 2 })).toBeFaultAt('/amount', 'total_out_of_range')
    expect(await bruno.patch(`/v1/expenses/${id}`, { amount: 3 })).toBeFaultAt('/amount', 'total_out_of_range')
    expect((await bruno.patch(`/v1/expenses/${id}`, { amount: 2 })).status).toBe(200)
    await bruno.earns()
    await write(statements.update(users).set({ totalEarned: 4_500_000_000_000_000 }).where(totals))
    expect(await bruno.post('/v1/incomes', { amount: 1 })).toBeFaultAt('/amount', 'total_out_of_range')
  })
})

describe('an alert', () => {
  const alertsOf = async (caller: Employee, query = '') => (await caller.get(`/v1/alerts${query}`)).body.data

  it('is raised once, and never again after the limit was raised', async () => {
    const amina = await employee()
    await amina.limits('overall', { limit: 100 })
    const { id } = await amina.spends({ amount: 80 })
    expect(await alertsOf(amina)).toMatchObject([{ target: 'overall', month: '2026-11', percent: 80, read: false }])
    await amina.delete(`/v1/expenses/${id}`)
    const { body } = await amina.post('/v1/expenses', { amount: 85, date: '2026-11-02' })
    expect(body.budget[0].crossed).toEqual([80])
    await amina.limits('overall', { limit: 1000 })
    await amina.spends({ amount: 800 })
    expect(await alertsOf(amina)).toHaveLength(1)
    await amina.spends({ amount: 800, date: '2026-12-01' })
    expect(await alertsOf(amina)).toMatchObject([{ month: '2026-12' }, { month: '2026-11' }])
  })

  it('is several where several thresholds are crossed at once', async () => {
    const amina = await employee()
    await amina.limits('overall', { limit: 100, alertPercents: [10, 50, 100, 150] })
    await amina.spends({ amount: 149 })
    const percents = (await alertsOf(amina)).map(({ percent }: { percent: number }) => percent)
    expect(percents.toSorted((a: number, b: number) => a - b)).toEqual([10, 50, 100])
  })

  it('is due with the next write where a line came past its threshold by what is carried in', async () => {
    const amina = await employee()
    await amina.limits('overall', { limit: 100, rollover: 'full', alertPercents: [80] }, '2026-09')
    await amina.spends({ amount: 120, date: '2026-10-01' })
    await amina.spends({ amount: 70, date: '2026-09-01' })
    expect(await alertsOf(amina)).toEqual([])
    const { body } = await amina.post('/v1/expenses', { amount: 1, date: '2026-10-02' })
    expect(body.budget[0]).toMatchObject({ before: { state: 'alert' }, crossed: [] })
    expect(await alertsOf(amina)).toMatchObject([{ month: '2026-10', percent: 80 }])
  })

  it('goes with its category', async () => {
    const amina = await employee()
    const { target } = await amina.overspends()
    const { id } = await amina.sorts()
    await amina.delete(`/v1/categories/${target}?moveTo=${id}`)
    // The limit has moved with the expense: the alert that is there now is the destination's own.
    expect(await alertsOf(amina)).toMatchObject([{ target: id, percent: 100 }])
  })

  it('is due as soon as anything is spent where the limit is 0', async () => {
    const amina = await employee()
    await amina.limits('overall', { limit: 0, alertPercents: [100] })
    const { body } = await amina.post('/v1/expenses', { amount: 1, date: '2026-11-01' })
    expect(body.budget[0]).toMatchObject({ after: { percentUsed: null, state: 'over' }, crossed: [100] })
    expect(await alertsOf(amina)).toMatchObject([{ percent: 100 }])
  })

  it('has the name of its category, and is read together with those before it', async () => {
    const [amina, bruno] = [await employee(), await employee()]
    const { id: theirs } = await bruno.overspends()
    const alerts = [await amina.overspends(), await amina.overspends(), await amina.overspends()]
    const { body } = await amina.get('/v1/categories?limit=100')
    const names = new Map(body.data.map(({ id, name }: Record<string, string>) => [id, name]))
    for (const { target, name } of alerts) expect(name).toBe(names.get(target))
    const unread = async (month: string) => (await amina.get(`/v1/months/${month}`)).body.unreadAlerts
    expect([await unread('2026-11'), await unread('2020-01')]).toEqual([3, 3])
    expect((await amina.post('/v1/alerts/read', { upTo: alerts[1].id })).status).toBe(204)
    expect(await alertsOf(amina, '?unread=true')).toEqual([alerts[2]])
    expect(await unread('2026-11')).toBe(1)
    expect((await bruno.post('/v1/alerts/read', { upTo: alerts[2].id })).status).toBe(204)
    expect(await alertsOf(amina, '?unread=true')).toEqual([alerts[2]])
    expect(await alertsOf(bruno, '?unread=false')).toMatchObject([{ id: theirs }])
  })

  it('is raised exactly once when sixty writes cross the line at once', async () => {
    const amina = await employee()
    const { id } = await amina.sorts()
    await amina.limits(id, { limit: 100 })
    await amina.limits('overall', { limit: 100 })
    /** Until it is served: a slow machine may not do sixty writes in the time that one may take. */
    const spend = async () => {
      const [expense, key] = [{ amount: 10, date: '2026-11-01', categoryId: id }, newId()]
      for (;;) {
        const answer = await amina.post('/v1/expenses', expense, { headers: { 'Idempotency-Key': key } })
        if (answer.status !== 503) return answer
      }
    }
    const answers = await Promise.all(Array.from({ length: 60 }, spend))
    expect(answers.every(({ status }) => status === 201)).toBe(true)
    const crossed = answers.flatMap(({ body }) =>
      body.budget.flatMap((line: { target: string; crossed: number[] }) =>
        line.crossed.map((percent) => `${line.target} ${percent}`),
      ),
    )
    const raised = (await alertsOf(amina)).map((alert: Record<string, unknown>) => `${alert.target} ${alert.percent}`)
    const expected = [`${id} 100`, `${id} 80`, 'overall 100', 'overall 80'].toSorted()
    expect([crossed.toSorted(), raised.toSorted()]).toEqual([expected, expected])
    const { body } = await amina.get('/v1/months/2026-11')
    expect(body.spent).toBe(600)
  })

  it('is read, and unread again', async () => {
    const amina = await employee()
    const { id } = await amina.overspends()
    const { body } = await amina.patch(`/v1/alerts/${id}`, { read: true })
    expect(body).toMatchObject({ id, read: true })
    expect(await alertsOf(amina, '?unread=true')).toEqual([])
    expect(await alertsOf(amina, '?unread=false')).toEqual([body])
    expect((await amina.patch(`/v1/alerts/${id}`, { read: false })).body.read).toBe(false)
    expect(await alertsOf(amina, '?unread=true')).toHaveLength(1)
    expect(await amina.patch(`/v1/alerts/${id}`, { read: 'yes' })).toBeFaultAt('/read', 'invalid_type')
    expect(await amina.get('/v1/alerts?unread=1')).toBeFaultAt('/unread', undefined, 'query')
  })

  it('comes in pages, newest first', async () => {
    const amina = await employee()
    const made: string[] = []
    for (let i = 0; i < 3; i++) made.unshift((await amina.overspends()).id)
    const first = await amina.get('/v1/alerts?limit=2')
    const second = await amina.get(`/v1/alerts?limit=2&cursor=${first.body.nextCursor}`)
    const ids = [...first.body.data, ...second.body.data].map(({ id }: { id: string }) => id)
    expect([ids, second.body.nextCursor]).toEqual([made, null])
    expect(await amina.get('/v1/alerts?cursor=forged')).toBeFaultAt('/cursor', 'invalid_cursor', 'query')
  })
})
