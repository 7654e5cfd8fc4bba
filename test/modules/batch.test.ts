import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId } from '../support/api.ts'
import { write } from '../support/database.ts'

const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id)
const BATCH = '/v1/expenses/batch'

describe('a batch of expenses', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee({ currency: 'EUR' })
  })
  const listed = async (caller: Employee) => idsOf((await caller.get('/v1/expenses?limit=100')).body.data)

  it('creates, replaces and deletes, in one transaction and one round trip', async () => {
    const bruno = await employee()
    const [kept, gone, gone2] = [await bruno.spends(), await bruno.spends(), await bruno.spends()]
    await bruno.delete(`/v1/expenses/${gone2.id}`)
    const fresh = newId()
    const put = [
      { id: kept.id, amount: 7, date: '2026-11-02', note: 'as it is now' },
      { id: fresh, amount: 8, date: '2026-10-01', tags: ['new'] },
    ]
    const answer = await bruno.post(BATCH, { put, delete: [gone.id, gone2.id] })
    expect(answer.status).toBe(200)
    expect(answer.body.put).toMatchObject(put)
    expect(answer.body.put[0].createdAt).toBe(kept.createdAt)
    expect(answer.body.delete).toEqual([gone.id, gone2.id])
    expect(answer.headers.get('Server-Timing')).toContain('round trips: 1')
    expect(await listed(bruno)).toEqual([kept.id, fresh])
    const read = await bruno.get(`/v1/expenses/${fresh}`)
    expect({ ...read.body, etag: read.headers.get('ETag') }).toEqual(answer.body.put[1])
    expect((await bruno.get('/v1/expenses')).body.data).toContainEqual(answer.body.put[1])
    const { status } = await bruno.post(BATCH, { put: [{ ...put[1], etag: read.headers.get('ETag') }] })
    expect(status).toBe(200)
  })

  it.each(['/v1/expenses', '/v1/incomes', '/v1/plans'])(
    'at %s overwrites nothing that has changed since',
    async (path) => {
      const sent = path === '/v1/plans' ? { kind: 'expense', start: '2026-11-30' } : { date: '2026-11-23' }
      const ids = [newId(), newId(), newId()]
      const items = ids.map((id) => ({ id, amount: 1, ...sent }))
      const { body } = await amina.post(`${path}/batch`, { put: items })
      const seen = body.put.map(({ etag }: { etag: string }) => etag)
      await amina.patch(`${path}/${ids[1]}`, { amount: 2 })
      await amina.delete(`${path}/${ids[2]}`)
      const put = items.map((item, i) => ({ ...item, amount: 3, etag: seen[i] }))
      const refused = await amina.post(`${path}/batch`, { put })
      expect(refused).toBeProblem('precondition_failed')
      expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
        '/put/1/etag',
        '/put/2/etag',
      ])
      expect((await amina.get(`${path}/${ids[0]}`)).body.amount).toBe(1)
      const done = await amina.post(`${path}/batch`, { put: [put[0]] })
      expect(done.body.put[0]).toMatchObject({ amount: 3, etag: expect.not.stringMatching(seen[0]) })
      for (const etag of ['"x"', `W/${done.body.put[0].etag}`, '*'])
        expect(await amina.post(`${path}/batch`, { put: [{ ...put[0], etag }] })).toBeProblem('precondition_failed')
    },
  )

  it('is refused where more than 3,000 lines follow it, so that it holds up nobody', async () => {
    const bruno = await employee()
    const { id: categoryId } = await bruno.sorts()
    const first = { amount: 1, date: '1970-01-05', categoryId }
    await bruno.spends(first)
    for (const target of ['overall', categoryId])
      await bruno.limits(target, { limit: 100, rollover: 'full' }, '1970-01')
    // Money in every month from then to 2199, by the same arithmetic: 100 are left over in each.
    await write(sql`
      INSERT INTO budget_lines
        (user_id, target, month, spent, limit_amount, rollover, alert_percents, scope, set_in, carried_in)
      WITH RECURSIVE later (month) AS (SELECT 1970 * 12 + 1 UNION ALL SELECT month + 1 FROM later WHERE month < 2199 * 12)
      SELECT user_id, target, later.month, 0, limit_amount, rollover, alert_percents, scope, set_in,
        limit_amount * (later.month - set_in) - spent
      FROM budget_lines AS line, later
      WHERE user_id = ${bruno.user.id} AND line.month = 1970 * 12 AND limit_amount IS NOT NULL
      ON CONFLICT DO NOTHING`)
    const itemsOf = (date: string) => ({ put: [{ ...first, id: newId(), date }] })
    const before = await bruno.get('/v1/changes')
    expect(await bruno.post(BATCH, itemsOf('1970-01-05'))).toBeProblem('too_many_lines')
    expect(await bruno.post(`${BATCH}?dryRun=true`, itemsOf('1970-01-05'))).toBeProblem('too_many_lines')
    expect((await bruno.get('/v1/changes')).body).toEqual(before.body)

    expect((await bruno.post(BATCH, itemsOf('2199-12-31'))).status).toBe(200)
    await bruno.spends(first)
    const { body } = await bruno.get('/v1/months/2199-12')
    expect(body.overall.available).toBe(100 * 230 * 12 - 3)
  })

  it('takes a hundred items, and no more', async () => {
    const bruno = await employee()
    const put = Array.from({ length: 100 }, (_, i) => ({ id: newId(), amount: i + 1, date: '2026-11-01' }))
    const { status, body } = await bruno.post(BATCH, { put })
    expect([status, idsOf(body.put)]).toEqual([200, idsOf(put)])
    expect(body.budget).toMatchObject([{ target: 'overall', before: { spent: 0 }, after: { spent: 5050 } }])
    const more = await bruno.post(BATCH, { put, delete: [newId()] })
    expect(more).toBeFaultAt('', 'invalid_length')
    expect(await bruno.post(BATCH, {})).toBeFaultAt('', 'invalid_length')
    expect((await bruno.post(BATCH, { delete: idsOf(put) })).body.delete).toEqual(idsOf(put))
    expect(await listed(bruno)).toEqual([])
  })

  it('points at every fault of every item, and writes nothing', async () => {
    const archived = await amina.sorts({ archived: true })
    const his = await (await employee()).sorts()
    const good = newId()
    const put = [
      { id: good, amount: 1, date: '2026-11-23' },
      { id: newId(), amount: 1, date: '2026-11-23', categoryId: archived.id },
      { id: newId(), amount: 1, date: '2026-11-23', currency: 'USD' },
      { id: newId(), amount: 1, date: '2026-11-23', exchangeRate: '1' },
      { id: newId(), amount: 1, date: '2026-11-23', currency: 'JPY', exchangeRate: '0.000001', categoryId: his.id },
      { id: newId(), amount: 1_000_000_000_000, date: '2026-11-23', currency: 'JPY', exchangeRate: '99999999' },
    ]
    const answer = await amina.post(BATCH, { put, delete: [newId()] })
    const faults = answer.body.errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`)
    expect(faults.toSorted()).toEqual([
      '/delete/0 unknown_expense',
      '/put/1/categoryId unknown_category',
      '/put/2/exchangeRate required',
      '/put/3/exchangeRate not_needed',
      '/put/4/categoryId unknown_category',
      '/put/4/exchangeRate converted_out_of_range',
      '/put/5/exchangeRate converted_out_of_range',
    ])
    expect(await listed(amina)).not.toContain(good)
    const malformed = await amina.post(BATCH, {
      put: [{ id: good, amount: 0 }, { amount: 1 }, { id: 'x', amount: 1, nope: 1 }],
      delete: [5],
    })
    for (const pointer of ['/put/0/amount', '/put/1/id', '/put/2/id', '/put/2/nope', '/delete/0'])
      expect(malformed).toBeFaultAt(pointer)
  })

  it('names no id twice', async () => {
    const id = newId()
    const twice = await amina.post(BATCH, {
      put: [
        { id, amount: 1, date: '2026-11-23' },
        { id, amount: 2, date: '2026-11-23' },
      ],
      delete: [id],
    })
    expect(twice).toBeFaultAt('/put/1/id', 'duplicate')
    expect(twice).toBeFaultAt('/delete/0', 'duplicate')
  })

  it("neither touches nor finds a colleague's", async () => {
    const [bruno, mine] = [await employee(), await amina.spends()]
    expect(await bruno.post(BATCH, { delete: [mine.id] })).toBeFaultAt('/delete/0', 'unknown_expense')
    expect((await bruno.post(BATCH, { put: [{ id: mine.id, amount: 5, date: '2026-11-23' }] })).status).toBe(200)
    expect((await amina.get(`/v1/expenses/${mine.id}`)).body).toEqual(mine)
  })

  it('leaves an expense in a category that was archived meanwhile', async () => {
    const { id: categoryId } = await amina.sorts()
    const { id } = await amina.spends({ categoryId })
    await amina.patch(`/v1/categories/${categoryId}`, { archived: true })
    expect(
      (await amina.post(BATCH, { put: [{ id, amount: 3, date: '2026-11-23', categoryId }] })).body.put[0],
    ).toMatchObject({
      categoryId,
    })
  })

  it('tells of every line that it touches, and raises each alert once', async () => {
    const bruno = await employee()
    const [food, pets] = [await bruno.sorts(), await bruno.sorts()]
    for (const { id } of [food, pets]) await bruno.limits(id, { limit: 100 }, '2026-01')
    const old = await bruno.spends({ amount: 50, date: '2026-09-01', categoryId: food.id })
    const put = [
      { id: old.id, amount: 50, date: '2026-10-01', categoryId: pets.id },
      ...Array.from({ length: 3 }, () => ({ id: newId(), amount: 40, date: '2026-11-01', categoryId: food.id })),
    ]
    const { body } = await bruno.post(BATCH, { put })
    const told = body.budget.map((line: { target: string; month: string; crossed: number[] }) => [
      line.month,
      line.target,
      line.crossed,
    ])
    expect(told).toEqual([
      ['2026-09', 'overall', []],
      ['2026-09', food.id, []],
      ['2026-10', 'overall', []],
      ['2026-10', pets.id, []],
      ['2026-11', 'overall', []],
      ['2026-11', food.id, [80, 100]],
    ])
    expect((await bruno.get('/v1/alerts')).body.data).toHaveLength(2)
    expect((await bruno.get('/v1/months/2026-11')).body.spent).toBe(120)
  })
})

describe('a batch of incomes', () => {
  it('creates, replaces and deletes', async () => {
    const amina = await employee()
    const [kept, gone] = [await amina.earns(), await amina.earns()]
    const put = [
      { id: newId(), amount: 8, date: '2026-10-01' },
      { id: kept.id, amount: 7, date: '2026-11-02' },
    ]
    const { status, body } = await amina.post('/v1/incomes/batch', { put, delete: [gone.id] })
    expect([status, body.delete]).toEqual([200, [gone.id]])
    expect(body.put).toMatchObject(put)
    expect(idsOf((await amina.get('/v1/incomes')).body.data)).toEqual([put[1]?.id, put[0]?.id])
  })

  it('points at every fault of every item, and writes nothing', async () => {
    const amina = await employee()
    const item = { amount: 1, date: '2026-11-23' }
    const put = [
      item,
      { ...item, currency: 'EUR' },
      { ...item, exchangeRate: '1' },
      { ...item, currency: 'JPY', exchangeRate: '0.000001' },
      { ...item, amount: 1_000_000_000_000, currency: 'JPY', exchangeRate: '99999999' },
    ].map((one) => ({ id: newId(), ...one }))
    const answer = await amina.post('/v1/incomes/batch', { put, delete: [newId()] })
    const faults = answer.body.errors.map(({ pointer, code }: Record<string, string>) => `${pointer} ${code}`)
    expect(faults.toSorted()).toEqual([
      '/delete/0 unknown_income',
      '/put/1/exchangeRate required',
      '/put/2/exchangeRate not_needed',
      '/put/3/exchangeRate converted_out_of_range',
      '/put/4/exchangeRate converted_out_of_range',
    ])
    expect((await amina.get('/v1/incomes')).body.data).toEqual([])
  })
})
