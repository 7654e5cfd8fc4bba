import { and, eq, inArray } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { statements } from '../../src/db/statement.ts'
import { expenses } from '../../src/modules/expenses/table.ts'
import { type Answer, type Employee, employee, newId } from '../support/api.ts'
import { write } from '../support/database.ts'

const YEAR = 'from=2026-01&to=2026-12'

const report = async (caller: Employee, query: string, of: 'spending' | 'income' = 'spending') => {
  const { status, body } = await caller.get(`/v1/reports/${of}?${query}`)
  expect(status).toBe(200)
  return body
}

/** The rows of a report, without what a test has not to do with. */
const shown = ({ data }: Answer['body']) =>
  data.map(({ name, month, amount, count }: Record<string, unknown>) =>
    month ? [name, month, amount, count] : [name, amount, count],
  )

/** Puts these expenses at once. */
const record = (caller: Employee, rows: object[], path = '/v1/expenses') =>
  caller.post(`${path}/batch`, { put: rows.map((row) => ({ id: newId(), amount: 1, date: '2026-11-15', ...row })) })

describe('a report of spending', () => {
  let shared: Employee
  beforeAll(async () => {
    shared = await employee()
  })

  it('is what the document shows as its example', async () => {
    const amina = await employee()
    const [food, housing] = [await amina.sorts({ name: 'Fare' }), await amina.sorts({ name: 'House' })]
    const schema = (await amina.get('/openapi.json')).body.components.schemas.SpendingReport
    const { data, rest, previous } = schema.example
    const spread = (count: number, amount: number, expense: object) => [
      ...Array.from({ length: count - 1 }, () => ({ ...expense, amount: Math.floor(amount / count) })),
      { ...expense, amount: amount - (count - 1) * Math.floor(amount / count) },
    ]
    await record(amina, spread(data[0].count, data[0].amount, { categoryId: housing.id }))
    const meals = spread(data[1].count, data[1].amount, { categoryId: food.id })
    await record(amina, meals.slice(0, 60))
    await record(amina, meals.slice(60))
    await record(amina, spread(rest.count, rest.amount, {}))
    await record(amina, [{ amount: previous.total, date: '2025-12-31' }])
    expect(await report(amina, `by=category&${YEAR}&limit=2`)).toEqual({
      ...schema.example,
      data: [
        { ...data[0], key: housing.id, name: 'House' },
        { ...data[1], key: food.id, name: 'Fare' },
      ],
    })
  })

  it('of an employee who has only begun is of nothing', async () => {
    const amina = await employee({ currency: 'JPY', monthStartDay: 25 })
    const nothing = {
      from: '2026-02-25',
      to: '2026-04-24',
      currency: 'JPY',
      total: 0,
      count: 0,
      data: [],
      rest: null,
      previous: { from: '2025-12-25', to: '2026-02-24', total: 0 },
    }
    const range = 'from=2026-02&to=2026-03'
    for (const by of ['category', 'merchant']) expect(await report(amina, `by=${by}&${range}`)).toEqual(nothing)
    expect(await report(amina, `by=tag&${range}`)).toEqual({
      ...nothing,
      overlapping: true,
      untagged: { amount: 0, count: 0 },
    })
    expect(shown(await report(amina, `by=month&${range}`))).toEqual([
      ['2026-02', 0, 0],
      ['2026-03', 0, 0],
    ])
    expect(shown(await report(amina, `by=weekday&${range}`))).toHaveLength(7)
    expect(await report(amina, `by=source&${range}`, 'income')).toEqual(nothing)
  })

  it('has merchants whatever their case, in the spelling of the newest expense', async () => {
    const amina = await employee()
    await record(amina, [
      { amount: 5, merchant: 'CHEZ PAUL', date: '2026-03-01' },
      { amount: 6, merchant: 'Chez Paul', date: '2026-11-02', id: '0198c5d2-7b3e-7c4a-9f60-000000000001' },
      { amount: 7, merchant: 'chez paul', date: '2026-11-02', id: '0198c5d2-7b3e-7c4a-9f60-000000000000' },
      { amount: 8, merchant: 'Chez PAUL', date: '2027-01-01' },
      { amount: 9, merchant: 'CAFÉ ÉTÉ' },
      { amount: 9, merchant: 'café été', date: '2026-01-01' },
      { amount: 20 },
      { amount: 1, merchant: '' },
    ])
    const body = await report(amina, `by=merchant&${YEAR}`)
    expect(shown(body)).toEqual([
      [null, 20, 1],
      ['CAFÉ ÉTÉ', 18, 2],
      ['Chez Paul', 18, 3],
      ['', 1, 1],
    ])
    expect(body.data.map(({ key }: { key: string | null }) => key)).toEqual([null, 'café été', 'chez paul', ''])
    expect(shown(await report(amina, `by=merchant&${YEAR}&limit=2&q=%C3%89T`))).toEqual([['CAFÉ ÉTÉ', 18, 2]])
  })

  it('counts an expense for each of its tags, and says so', async () => {
    const amina = await employee()
    await record(amina, [{ amount: 5, tags: ['a', 'b'] }, { amount: 6, tags: ['b', 'c'] }, { amount: 7 }])
    const body = await report(amina, `by=tag&${YEAR}&limit=1`)
    expect(shown(body)).toEqual([['b', 11, 2]])
    expect(body).toMatchObject({
      total: 18,
      count: 3,
      rest: { amount: 11, count: 2 },
      overlapping: true,
      untagged: { amount: 7, count: 1 },
    })
    expect(shown(await report(amina, `by=tag&${YEAR}&tag=a`))).toEqual([
      ['a', 5, 1],
      ['b', 5, 1],
    ])
  })

  it('begins the week on Monday', async () => {
    const amina = await employee()
    await record(amina, [
      { amount: 5, date: '2026-11-23' },
      { amount: 6, date: '2026-11-29' },
    ])
    const body = await report(amina, `by=weekday&${YEAR}`)
    expect(shown(body).slice(0, 2)).toEqual([
      ['Monday', 5, 1],
      ['Tuesday', 0, 0],
    ])
    expect(body.data.at(-1)).toEqual({ key: '7', name: 'Sunday', amount: 6, count: 1 })
  })

  it('splits each key by month, and shows months without money', async () => {
    const amina = await employee({ monthStartDay: 25 })
    await record(amina, [
      { amount: 5, merchant: 'a', date: '2026-01-24' },
      { amount: 6, merchant: 'a', date: '2026-01-25' },
      { amount: 7, merchant: 'b', date: '2026-03-24' },
      { amount: 9, merchant: 'c', date: '2026-03-25' },
    ])
    const body = await report(amina, 'by=merchant&from=2026-01&to=2026-02&then=month&limit=1')
    expect(shown(body)).toEqual([
      ['b', '2026-01', 0, 0],
      ['b', '2026-02', 7, 1],
    ])
    expect(body).toMatchObject({ total: 13, rest: { amount: 6, count: 1 }, previous: { total: 5 } })
    expect(shown(await report(amina, 'by=category&from=2026-01&to=2026-02&then=month'))).toEqual([
      [null, '2026-01', 6, 1],
      [null, '2026-02', 7, 1],
    ])
  })

  it('is of the expenses of one category, and of nothing for one that is not the user’s', async () => {
    const [amina, bruno] = [await employee(), await employee()]
    const { id, name } = await amina.sorts()
    await record(amina, [
      { amount: 5, categoryId: id },
      { amount: 6 },
      { amount: 4, date: '2025-01-01', categoryId: id },
    ])
    await record(bruno, [{ amount: 7 }])
    for (const by of ['category', 'merchant', 'month', 'weekday', 'tag']) {
      expect(await report(amina, `by=${by}&${YEAR}&categoryId=${id}`)).toMatchObject({
        total: 5,
        count: 1,
        previous: { total: 4 },
      })
      expect(await report(amina, `by=${by}&${YEAR}&categoryId=none`)).toMatchObject({
        total: 6,
        previous: { total: 0 },
      })
      for (const categoryId of [id, newId()])
        expect(await report(bruno, `by=${by}&${YEAR}&categoryId=${categoryId}`)).toMatchObject({ total: 0, count: 0 })
    }
    expect(shown(await report(amina, `by=category&${YEAR}&categoryId=${id}`))).toEqual([[name, 5, 1]])
  })

  it('keeps its ETag until something of the user’s is written', async () => {
    const amina = await employee()
    for (const of of ['spending', 'income']) {
      const path = `/v1/reports/${of}?by=month&${YEAR}`
      const { headers } = await amina.get(path)
      const sent = { headers: { 'If-None-Match': headers.get('ETag') ?? '' } }
      expect((await amina.get(path, sent)).status).toBe(304)
      await amina.spends()
      expect((await amina.get(path, sent)).status).toBe(200)
    }
  })

  it('stays exact where all tags together pass 2^53', async () => {
    const amina = await employee()
    const tags = Array.from({ length: 10 }, (_, i) => `t${i}`)
    await record(amina, Array(100).fill({ amount: 1_000_000_000_000, tags }))
    for (let i = 1; i < 12; i++) await record(amina, Array(100).fill({ amount: 1_000_000_000_000, tags }))
    const { total, rest } = await report(amina, `by=tag&${YEAR}&limit=1`)
    expect([total, rest]).toEqual([1.2e15, { amount: 1.08e16, count: 10_800 }])
  })

  it.each([
    ['from=2026-01&to=2029-01&by=month', '/to', 'too_many'],
    ['from=2026-02&to=2026-01&by=month', '/to', 'contradiction'],
    ['from=current&to=2026-01&by=month', '/from', 'invalid_format'],
    ['to=2026-01&by=month', '/from', 'required'],
    [`${YEAR}`, '/by', 'invalid_value'],
    [`${YEAR}&by=source`, '/by', 'invalid_value'],
    [`${YEAR}&by=month&then=month`, '/then', 'contradiction'],
    [`${YEAR}&by=tag&then=week`, '/then', 'invalid_value'],
    [`${YEAR}&by=tag&limit=0`, '/limit', 'too_small'],
    [`${YEAR}&by=tag&limit=101`, '/limit', 'too_big'],
    [`${YEAR}&by=tag&categoryId=x`, '/categoryId', 'invalid_format'],
    [`${YEAR}&by=tag&merchant=x`, '/merchant', 'unknown_member'],
  ])('is refused for %s', async (query, pointer, code) => {
    expect(await shared.get(`/v1/reports/spending?${query}`)).toBeFaultAt(pointer, code, 'query')
  })
})

describe('a report of income', () => {
  it('sums up sources whatever their case, and months', async () => {
    const amina = await employee()
    const rows = [
      { amount: 300, source: 'SALARY', date: '2026-01-31' },
      { amount: 310, source: 'Salary', date: '2026-03-31' },
      { amount: 5, date: '2026-03-01' },
      { amount: 7, source: 'Gift', date: '2025-12-31' },
    ]
    await record(amina, rows, '/v1/incomes')
    const range = 'from=2026-01&to=2026-03'
    const body = await report(amina, `by=source&${range}`, 'income')
    expect(shown(body)).toEqual([
      ['Salary', 610, 2],
      [null, 5, 1],
    ])
    expect(body).toMatchObject({ total: 615, count: 3, rest: null, previous: { total: 7 } })
    expect(shown(await report(amina, `by=month&${range}`, 'income'))).toEqual([
      ['2026-01', 300, 1],
      ['2026-02', 0, 0],
      ['2026-03', 315, 2],
    ])
    expect(shown(await report(amina, `by=month&${range}&q=sal`, 'income')).at(-1)).toEqual(['2026-03', 310, 1])
    expect(shown(await report(amina, `by=source&${range}&then=month&limit=1`, 'income'))).toEqual([
      ['Salary', '2026-01', 300, 1],
      ['Salary', '2026-02', 0, 0],
      ['Salary', '2026-03', 310, 1],
    ])
  })
})

describe('the total of a list', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
    await record(amina, [{ amount: 5 }, { amount: 6, note: 'x' }, { amount: 7, tags: ['t'] }, { date: '2026-12-01' }])
    await record(amina, [{ amount: 5 }, { amount: 6, note: 'x' }], '/v1/incomes')
    await amina.deletes('/v1/expenses')
  })

  it.each([
    ['/v1/expenses?include=total', { amount: 19, count: 4 }],
    ['/v1/expenses?include=total&month=2026-11', { amount: 18, count: 3 }],
    ['/v1/expenses?include=total&q=x', { amount: 6, count: 1 }],
    ['/v1/expenses?include=total&tag=t&minAmount=7', { amount: 7, count: 1 }],
    ['/v1/expenses?include=total&tag=t&sort=amount&minAmount=8', { amount: 0, count: 0 }],
    ['/v1/incomes?include=total', { amount: 11, count: 2 }],
    ['/v1/incomes?include=total&q=x', { amount: 6, count: 1 }],
  ])('%s is that of all pages', async (path, total) => {
    const { body } = await amina.get(`${path}&limit=1`)
    expect(body.total).toEqual(total)
    if (body.nextCursor)
      expect((await amina.get(`${path}&limit=1&cursor=${body.nextCursor}`)).body.total).toEqual(total)
  })

  it.each(['/v1/expenses', '/v1/incomes'])('%s tells only where it is asked to', async (path) => {
    expect((await amina.get(path)).body).not.toHaveProperty('total')
    expect(await amina.get(`${path}?include=totals`)).toBeFaultAt('/include', 'invalid_value', 'query')
  })
})

type Expense = {
  id: string
  date: string
  merchant: string | null
  categoryId: string | null
  tags: string[]
  net: number
}

const MERCHANTS = [null, null, 'REWE', 'rewe', 'Rewe', 'Café', 'CAFÉ', '', 'Chez Paul']
const DAYS = ['01', '14', '15', '24', '25', '27', '28']

const randomExpense = fc.record({
  amount: fc.integer({ min: 1, max: 5000 }),
  date: fc
    .tuple(fc.constantFrom('2025-11', '2025-12', '2026-01', '2026-02', '2026-03', '2026-04'), fc.constantFrom(...DAYS))
    .map((parts) => parts.join('-')),
  merchant: fc.constantFrom(...MERCHANTS),
  tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }),
  category: fc.constantFrom(null, 0, 1, 2),
  refund: fc.integer({ max: 4, min: 0 }).map((roll) => roll === 0),
})

const randomQuery = fc.record({
  by: fc.constantFrom('category', 'merchant', 'tag', 'month', 'weekday'),
  isSplit: fc.boolean(),
  range: fc.constantFrom('from=2026-02&to=2026-03', 'from=2026-01&to=2026-01', 'from=2025-12&to=2026-04'),
  limit: fc.constantFrom(1, 2, 20),
  filter: fc.constantFrom('', '', '', 'own', 'categoryId=none', 'tag=a', 'q=EW', 'tag=b&q=C', 'tag=a&own'),
})

/** All that a list has, page by page. */
const listed = async (caller: Employee, filters: string, refunds: Set<string>) => {
  const rows: Expense[] = []
  let total: { amount: number; count: number } | undefined
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: Answer = await caller.get(`/v1/expenses?limit=100${filters}${cursor && `&cursor=${cursor}`}`)
    rows.push(
      ...body.data.map((row: Answer['body']) => ({ ...row, net: row.baseAmount * (refunds.has(row.id) ? -1 : 1) })),
    )
    cursor = body.nextCursor
    if (body.total) total = body.total
  }
  return { rows, total }
}

const sum = (rows: Expense[]) => rows.reduce((total, { net }) => total + net, 0)

const monthOf = (date: string, startDay: number) => {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - (day < startDay ? 2 : 1))).toISOString().slice(0, 7)
}

const keysOf = ({ date, merchant, categoryId, tags }: Expense, by: string, startDay: number): (string | null)[] => {
  if (by === 'category') return [categoryId ?? 'none']
  if (by === 'merchant') return [merchant?.toLowerCase() ?? null]
  if (by === 'tag') return tags
  return by === 'month' ? [monthOf(date, startDay)] : [String(new Date(date).getUTCDay() || 7)]
}

describe('any report', () => {
  it('is what its list adds up to', { timeout: 120_000 }, async () => {
    const runs = fc.tuple(
      fc.constantFrom(1, 15, 25, 28),
      fc.array(randomExpense, { minLength: 60, maxLength: 100, size: 'max' }),
      fc.array(randomQuery, { minLength: 15, maxLength: 18, size: 'max' }),
    )
    await fc.assert(
      fc.asyncProperty(runs, async ([startDay, random, queries]) => {
        const amina = await employee()
        const categories = [await amina.sorts(), await amina.sorts(), await amina.sorts()]
        const rows = random.map(({ refund, category, ...expense }) => ({
          ...expense,
          id: newId(),
          refund,
          categoryId: category === null ? null : (categories[category]?.id ?? null),
        }))
        await record(
          amina,
          rows.map(({ refund: _, ...row }) => row),
        )
        const refunds = new Set(rows.filter(({ refund }) => refund).map(({ id }) => id))
        const ofAmina = and(eq(expenses.userId, amina.user.id), inArray(expenses.id, [...refunds, '']))
        await write(statements.update(expenses).set({ refund: true }).where(ofAmina))
        for (const { id } of rows.slice(0, 2)) await amina.delete(`/v1/expenses/${id}`)
        // The sums of the months are counted anew, with the refunds.
        for (const monthStartDay of [2, startDay]) await amina.patch('/v1/users/me', { monthStartDay })

        for (const { by, isSplit, range, limit, filter } of queries) {
          const filters = filter && `&${filter.replace('own', `categoryId=${categories[0]?.id}`)}`
          const then = isSplit && by !== 'month' ? '&then=month' : ''
          const body = await report(amina, `by=${by}&${range}&limit=${limit}${then}${filters}`)
          const days = `&from=${body.from}&to=${body.to}&include=total`
          const { rows: list, total } = await listed(amina, `${days}${filters}`, refunds)
          const { rows: before } = await listed(
            amina,
            `&from=${body.previous.from}&to=${body.previous.to}${filters}`,
            refunds,
          )
          expect(total).toEqual({ amount: sum(list), count: list.length })
          expect([body.total, body.count, body.previous.total]).toEqual([sum(list), list.length, sum(before)])

          const of = (key: string | null, month?: string) =>
            list.filter(
              (row) => keysOf(row, by, startDay).includes(key) && (!month || monthOf(row.date, startDay) === month),
            )
          for (const { key, month, amount, count } of body.data)
            expect([key, month, amount, count]).toEqual([key, month, sum(of(key, month)), of(key, month).length])

          const all = new Set(list.flatMap((row) => keysOf(row, by, startDay)))
          const told = new Set<string | null>(body.data.map(({ key }: Answer['body']) => key))
          const others = [...all].filter((key) => !told.has(key))
          const rest = { amount: 0, count: 0 }
          for (const key of others) {
            rest.amount += sum(of(key))
            rest.count += of(key).length
          }
          expect(body.rest).toEqual(others.length > 0 ? rest : null)
          if (!['month', 'weekday'].includes(by)) {
            expect(told.size).toBe(Math.min(limit, all.size))
            const amounts = [...told].map((key) => sum(of(key)))
            expect(amounts).toEqual(amounts.toSorted((a, b) => b - a))
            for (const key of others) expect(sum(of(key))).toBeLessThanOrEqual(amounts.at(-1) ?? 0)
          }
          if (by === 'merchant') for (const { key, name } of body.data) expect(name).toBe(of(key)[0]?.merchant)
          if (by === 'tag') {
            const untagged = list.filter(({ tags }) => tags.length === 0)
            expect(body.untagged).toEqual({ amount: sum(untagged), count: untagged.length })
          }
        }
      }),
      { numRuns: 4, interruptAfterTimeLimit: 60_000, endOnFailure: true },
    )
  })
})
