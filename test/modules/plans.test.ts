import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId, withoutTag } from '../support/api.ts'
import { values, write } from '../support/database.ts'

const monthly = { every: 1, unit: 'month', day: null }
const rent = { kind: 'expense', amount: 90_000, start: '2026-11-30', repeat: monthly }
const salary = { kind: 'income', amount: 320_000, start: '2026-11-25', repeat: monthly, source: 'Salary' }

describe('a plan', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('comes back as it was planned, with what was left out', async () => {
    const { id: categoryId } = await amina.sorts()
    const sent = {
      ...rent,
      categoryId,
      merchant: 'Landlord',
      note: 'Flat 4',
      tags: ['Home', 'home'],
      until: '2027-11-30',
    }
    const { status, headers, body } = await amina.post('/v1/plans', sent)
    expect(status).toBe(201)
    expect(headers.get('Location')).toBe(`/v1/plans/${body.id}`)
    const expected = { ...sent, currency: 'USD', exchangeRate: null, baseAmount: 90_000, source: null, tags: ['home'] }
    expect(body).toEqual({ ...expected, id: body.id, post: 'confirm', previousId: null, ...timesOf(body) })
    const read = await amina.get(`/v1/plans/${body.id}`)
    expect(read.body).toEqual(body)
    expect(read.headers.get('ETag')).toBe(headers.get('ETag'))

    const { body: once } = await amina.post('/v1/plans', { kind: 'income', amount: 1, start: '2027-08-01' })
    expect(once).toMatchObject({ categoryId: null, merchant: null, source: null, tags: [], repeat: null, until: null })
  })

  it('is put by its own id, the same again without effect, and keeps its kind', async () => {
    const path = `/v1/plans/${newId()}`
    const first = await amina.put(path, salary)
    const again = await amina.put(path, salary)
    expect([first.status, again.status]).toEqual([201, 200])
    expect(again.headers.get('ETag')).toBe(first.headers.get('ETag'))
    expect(again.body).toEqual(first.body)
    const replaced = await amina.put(path, { ...salary, amount: 1, source: null })
    expect(replaced.body).toEqual({ ...first.body, amount: 1, baseAmount: 1, source: null, ...timesOf(replaced.body) })
    expect(await amina.put(path, rent)).toBeFaultAt('/kind', 'kind_fixed')
    await amina.delete(path)
    expect(await amina.put(path, rent)).toBeFaultAt('/kind', 'kind_fixed')
  })

  it('is changed by a merge patch, within its rule too', async () => {
    const { id } = await amina.plans({ merchant: 'Landlord', tags: ['home'] })
    const path = `/v1/plans/${id}`
    expect((await amina.patch(path, { amount: 95_000, merchant: null, tags: null })).body).toMatchObject({
      ...rent,
      amount: 95_000,
      baseAmount: 95_000,
      merchant: null,
      tags: [],
    })
    expect((await amina.patch(path, { repeat: { every: 2 } })).body.repeat).toEqual({ ...monthly, every: 2 })
    expect((await amina.patch(path, { repeat: null })).body.repeat).toBeNull()
    expect(await amina.patch(path, { repeat: { unit: 'week' } })).toBeFaultAt('/repeat', 'incomplete')
    expect(await amina.patch(path, { until: '2026-11-29' })).toBeFaultAt('/until', 'before_start')
    expect(await amina.patch(path, { source: 'x' })).toBeFaultAt('/source', 'not_of_kind')
    expect(await amina.patch(path, { kind: 'expense' })).toBeFaultAt('/kind', 'unknown_member')
    const stale = { headers: { 'If-Match': '"0"' } }
    expect(await amina.patch(path, { amount: 1 }, stale)).toBeProblem('precondition_failed')
    const income = await amina.plans({ ...salary })
    for (const member of [{ merchant: 'x' }, { tags: ['x'] }, { categoryId: (await amina.sorts()).id }])
      expect(await amina.patch(`/v1/plans/${income.id}`, member)).toBeFaultAt(
        `/${Object.keys(member)[0]}`,
        'not_of_kind',
      )
    expect((await amina.patch(`/v1/plans/${income.id}`, { merchant: null, tags: [] })).status).toBe(200)
  })

  it.each([
    ['/until', 'before_start', { ...rent, until: '2026-11-29' }],
    ['/source', 'not_of_kind', { ...rent, source: 'Salary' }],
    ['/merchant', 'not_of_kind', { ...salary, merchant: 'Landlord' }],
    ['/tags', 'not_of_kind', { ...salary, tags: ['home'] }],
    ['/categoryId', 'not_of_kind', { ...salary, categoryId: newId() }],
    ['/categoryId', 'unknown_category', { ...rent, categoryId: newId() }],
    ['/repeat/every', 'too_big', { ...rent, repeat: { every: 100, unit: 'day' } }],
    ['/repeat/unit', 'invalid_value', { ...rent, repeat: { every: 1 } }],
    ['/repeat/day', 'not_of_start', { ...rent, repeat: { ...monthly, day: 29 } }],
    ['/repeat/day', 'not_of_start', { ...rent, start: '2026-12-30', repeat: { ...monthly, day: 31 } }],
    ['/repeat/day', 'not_of_start', { ...rent, repeat: { every: 1, unit: 'week', day: 31 } }],
    ['/kind', 'invalid_value', { ...rent, kind: undefined }],
    ['/start', 'required', { ...rent, start: undefined }],
    ['/exchangeRate', 'required', { ...rent, currency: 'EUR' }],
    ['/exchangeRate', 'not_needed', { ...rent, exchangeRate: '1.1' }],
    ['/exchangeRate', 'converted_out_of_range', { ...rent, currency: 'EUR', exchangeRate: '0.0000001' }],
    ['/post', 'rate_unknown', { ...rent, currency: 'EUR', exchangeRate: '1.1', post: 'auto' }],
  ])('with a fault at %s (%s) is refused, alone and in a batch', async (pointer, code, plan) => {
    expect(await amina.post('/v1/plans', plan)).toBeFaultAt(pointer, code)
    const batch = {
      put: [
        { ...rent, id: newId() },
        { ...plan, id: newId() },
      ],
    }
    expect(await amina.post('/v1/plans/batch', batch)).toBeFaultAt(`/put/1${pointer}`, code)
  })

  it('is due on the last day of each month where its day is the 31st, until its start or its unit changes', async () => {
    const { id, repeat } = await amina.plans({ repeat: { ...monthly, day: 31 } })
    const path = `/v1/plans/${id}`
    expect(repeat).toEqual({ ...monthly, day: 31 })
    expect((await amina.patch(path, { repeat: { every: 2 } })).body.repeat).toEqual({
      every: 2,
      unit: 'month',
      day: 31,
    })
    expect(await amina.patch(path, { start: '2026-12-05', repeat: { day: 31 } })).toBeFaultAt('/repeat/day')
    expect((await amina.patch(path, { start: '2026-12-05' })).body.repeat).toEqual({ ...monthly, every: 2 })
    await amina.patch(path, { start: '2027-02-28', repeat: { day: 31 } })
    expect((await amina.patch(path, { repeat: { unit: 'week' } })).body.repeat.day).toBeNull()
    expect(await amina.patch(path, { repeat: { day: 31 } })).toBeFaultAt('/repeat/day', 'not_of_start')
    const once = await amina.plans({ repeat: null })
    expect(await amina.patch(`/v1/plans/${once.id}`, { repeat: { day: 31 } })).toBeFaultAt('/repeat/day')
    expect((await amina.patch(`/v1/plans/${once.id}`, { start: '2026-12-05' })).body.repeat).toBeNull()
  })

  it('in a foreign currency is planned with its rate, and is not posted by itself', async () => {
    const { id, baseAmount } = await amina.plans({ currency: 'EUR', exchangeRate: '1.0825' })
    const path = `/v1/plans/${id}`
    expect(baseAmount).toBe(97_425)
    expect((await amina.patch(path, { amount: 100_000 })).body.baseAmount).toBe(108_250)
    expect(await amina.patch(path, { post: 'auto' })).toBeFaultAt('/post', 'rate_unknown')
    const home = await amina.patch(path, { post: 'auto', currency: 'USD', exchangeRate: null })
    expect(home.body).toMatchObject({ post: 'auto', currency: 'USD', baseAmount: 100_000 })
    expect(await amina.patch(path, { currency: 'EUR', exchangeRate: '1.1' })).toBeFaultAt('/post', 'rate_unknown')
  })

  it('is listed by its start, the last first, in pages, and by kind and category', async () => {
    const bruno = await employee()
    const { id: categoryId } = await bruno.sorts()
    const starts = ['2026-11-30', '2027-08-01', '2026-11-30', '2026-01-01']
    const ids: string[] = []
    for (const start of starts) ids.push((await bruno.plans({ start, ...(ids.length > 1 && { categoryId }) })).id)
    ids.push((await bruno.plans({ ...salary })).id)
    const found: string[] = []
    for (let cursor = ''; ; ) {
      const { body } = await bruno.get(`/v1/plans?limit=2${cursor}`)
      found.push(...body.data.map(({ id }: { id: string }) => id))
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor}`
    }
    expect(found).toEqual([ids[1], ids[2], ids[0], ids[4], ids[3]])
    const listed = async (query: string) =>
      (await bruno.get(`/v1/plans?${query}`)).body.data.map(({ id }: { id: string }) => id)
    expect(await listed('kind=income')).toEqual([ids[4]])
    expect(await listed(`categoryId=${categoryId}`)).toEqual([ids[2], ids[3]])
    expect(await listed('categoryId=none&kind=expense')).toEqual([ids[1], ids[0]])
  })

  it('is deleted, and restored with its category where that is there', async () => {
    const [kept, lost] = [await amina.sorts(), await amina.sorts()]
    const plans = [await amina.plans({ categoryId: kept.id }), await amina.plans({ categoryId: lost.id })]
    for (const { id } of plans) expect((await amina.delete(`/v1/plans/${id}`)).status).toBe(204)
    for (const { id } of plans) expect(await amina.delete(`/v1/plans/${id}`)).toBeProblem('plan_not_found')
    await amina.delete(`/v1/categories/${lost.id}`)
    const restored = await Promise.all(plans.map(({ id }) => amina.post(`/v1/plans/${id}/restore`)))
    expect(restored.map(({ body }) => [body.categoryId, body.uncategorized])).toEqual([
      [kept.id, false],
      [null, true],
    ])
    expect((await amina.post(`/v1/plans/${plans[1].id}/restore`)).body.uncategorized).toBe(true)
  })

  it('keeps its category from being deleted, until that is merged', async () => {
    const [from, to, archived] = [await amina.sorts(), await amina.sorts(), await amina.sorts()]
    const { id } = await amina.plans({ categoryId: from.id })
    expect(await amina.delete(`/v1/categories/${from.id}`)).toBeProblem('category_in_use')
    const before = await amina.get(`/v1/plans/${id}`)
    expect((await amina.delete(`/v1/categories/${from.id}?moveTo=${to.id}`)).status).toBe(204)
    const after = await amina.get(`/v1/plans/${id}`)
    expect(after.body.categoryId).toBe(to.id)
    expect(after.headers.get('ETag')).not.toBe(before.headers.get('ETag'))
    const { id: kept } = await amina.plans({ categoryId: archived.id })
    await amina.patch(`/v1/categories/${archived.id}`, { archived: true })
    expect((await amina.patch(`/v1/plans/${kept}`, { categoryId: archived.id, amount: 1 })).status).toBe(200)
    expect(await amina.patch(`/v1/plans/${id}`, { categoryId: archived.id })).toBeFaultAt('/categoryId')
  })

  it('keeps the currency of its user', async () => {
    const bruno = await employee()
    await bruno.plans()
    expect(await bruno.patch('/v1/users/me', { currency: 'EUR' })).toBeProblem('currency_in_use')
  })

  it('is one of 200 at most, whichever way it comes', async () => {
    const bruno = await employee()
    const put = Array.from({ length: 200 }, () => ({ ...rent, id: newId() }))
    expect((await bruno.post('/v1/plans/batch', { put: put.slice(0, 100) })).status).toBe(200)
    expect((await bruno.post('/v1/plans/batch', { put: put.slice(100) })).status).toBe(200)
    expect(await bruno.post('/v1/plans', rent)).toBeProblem('too_many_plans')
    expect((await bruno.put(`/v1/plans/${put[0]?.id}`, { ...rent, amount: 1 })).status).toBe(200)
    const swap = { put: [{ ...rent, id: newId() }], delete: [put[0]?.id] }
    expect((await bruno.post('/v1/plans/batch', swap)).status).toBe(200)
    expect(await bruno.post(`/v1/plans/${put[0]?.id}/restore`)).toBeProblem('too_many_plans')
    expect(await bruno.post('/v1/plans/batch', { put: [{ ...rent, id: newId() }] })).toBeProblem('too_many_plans')
  })

  it('is put and deleted in a batch, all or nothing', async () => {
    const { id } = await amina.plans()
    const [first, second] = [newId(), newId()]
    const put = [
      { ...rent, id: first, currency: 'EUR', exchangeRate: '1.0825' },
      { ...salary, id: second },
    ]
    const refused = await amina.post('/v1/plans/batch', { put: [{ ...salary, id }, ...put], delete: [newId()] })
    expect(refused).toBeFaultAt('/put/0/kind', 'kind_fixed')
    expect(refused).toBeFaultAt('/delete/0', 'unknown_plan')
    const { body } = await amina.post('/v1/plans/batch', { put, delete: [id] })
    expect(body.delete).toEqual([id])
    for (const plan of body.put) expect((await amina.get(`/v1/plans/${plan.id}`)).body).toEqual(withoutTag(plan))
    expect(body.put.map(({ baseAmount }: { baseAmount: number }) => baseAmount)).toEqual([97_425, 320_000])
    expect(await amina.get(`/v1/plans/${id}`)).toBeProblem('plan_not_found')
  })

  it('is written once by a key', async () => {
    const keyed = { headers: { 'Idempotency-Key': newId() } }
    const first = await amina.post('/v1/plans', rent, keyed)
    const again = await amina.post('/v1/plans', rent, keyed)
    expect([again.status, again.headers.get('Idempotency-Replayed'), again.body]).toEqual([201, 'true', first.body])
  })
})

describe('a plan that is changed from a day on', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('ends the day before, and another with the changes continues it', async () => {
    const { id: categoryId } = await amina.sorts()
    const old = await amina.plans({
      start: '2026-01-31',
      merchant: 'Landlord',
      categoryId,
      tags: ['home'],
      note: 'Flat 4',
    })
    const path = `/v1/plans/${old.id}`
    const { status, headers, body } = await amina.patch(`${path}?from=2027-03-01`, { amount: 95_000, note: null })
    expect(status).toBe(201)
    expect(headers.get('Location')).toBe(`/v1/plans/${body.id}`)
    expect(body).toEqual({
      ...old,
      id: body.id,
      amount: 95_000,
      baseAmount: 95_000,
      note: null,
      start: '2027-03-31',
      previousId: old.id,
      ...timesOf(body),
    })
    const ended = await amina.get(path)
    expect(ended.body).toEqual({ ...old, until: '2027-02-28', updatedAt: ended.body.updatedAt })
    expect((await amina.get(`/v1/plans/${body.id}`)).body).toEqual(body)
    expect((await amina.patch(`/v1/plans/${body.id}`, { amount: 1 })).body.previousId).toBe(old.id)
  })

  it.each<[string, string, { until?: string; repeat?: null }]>([
    ['on its start', '2026-11-30', {}],
    ['before its start', '2026-01-01', {}],
    ['after its end', '2027-07-31', { until: '2027-07-30' }],
    ['after the last day on which it is due', '2027-08-01', { until: '2027-08-29' }],
    ['after the one day on which it is due', '2026-12-01', { repeat: null }],
  ])('cannot be so %s', async (_, from, plan) => {
    const { id } = await amina.plans(plan)
    expect(await amina.patch(`/v1/plans/${id}?from=${from}`, { amount: 1 })).toBeFaultAt(
      '/from',
      'out_of_range',
      'query',
    )
    expect((await amina.get(`/v1/plans/${id}`)).body.until).toBe(plan.until ?? null)
  })

  it.each([
    ['2026-01-31', 'month', '2027-04-01', '2027-04-30', 31],
    ['2026-01-31', 'month', '2027-05-01', '2027-05-31', null],
    ['2026-01-29', 'month', '2027-02-01', '2027-02-28', 29],
    ['2026-01-28', 'month', '2027-02-01', '2027-02-28', null],
    ['2028-02-29', 'year', '2029-01-01', '2029-02-28', 29],
    ['2026-01-31', 'week', '2027-02-01', '2027-02-06', null],
  ])('from %s, every %s, goes on from %s as before', async (start, unit, from, next, day) => {
    const { id } = await amina.plans({ start, repeat: { every: 1, unit } })
    const { body } = await amina.patch(`/v1/plans/${id}?from=${from}`, { amount: 1 })
    expect([body.start, body.repeat]).toEqual([next, { every: 1, unit, day }])
    const later = await amina.patch(`/v1/plans/${body.id}?from=2032-05-01`, {})
    expect(later.body.start).toBe(
      { month: day ? `2032-05-${day}` : `2032-05-${start.slice(8)}`, year: '2033-02-28', week: '2032-05-01' }[unit],
    )
  })

  it('can move to another day and another rhythm, but not to before that day', async () => {
    const { id } = await amina.plans({ until: '2028-01-01' })
    const path = `/v1/plans/${id}?from=2027-01-01`
    expect(await amina.patch(path, { start: '2026-12-31' })).toBeFaultAt('/start', 'before_from')
    expect(await amina.patch(path, { until: '2027-01-15' })).toBeFaultAt('/until', 'before_start')
    expect(await amina.patch(path, { source: 'x' })).toBeFaultAt('/source', 'not_of_kind')
    const { body } = await amina.patch(path, { start: '2027-01-05', repeat: { unit: 'week' }, until: null })
    expect(body).toMatchObject({ start: '2027-01-05', repeat: { ...monthly, unit: 'week' }, until: null })
  })

  it('is so once, by its key and by its version', async () => {
    const { id } = await amina.plans()
    const path = `/v1/plans/${id}?from=2027-01-01`
    const { headers } = await amina.get(`/v1/plans/${id}`)
    const etag = headers.get('ETag') ?? ''
    const keyed = { headers: { 'Idempotency-Key': newId(), 'If-Match': etag } }
    const rehearsed = await amina.patch(`${path}&dryRun=true`, { amount: 1 }, { headers: { 'If-Match': etag } })
    const first = await amina.patch(path, { amount: 1 }, keyed)
    const again = await amina.patch(path, { amount: 1 }, keyed)
    expect([rehearsed.status, first.status, again.status, again.body]).toEqual([201, 201, 201, first.body])
    expect(await amina.patch(path, { amount: 1 }, { headers: { 'If-Match': etag } })).toBeProblem('precondition_failed')
    expect(await amina.patch(`/v1/plans/${newId()}?from=2027-01-01`, {})).toBeProblem('plan_not_found')
  })

  it('takes along what departs from its rule, and what was posted of it, from that day on', async () => {
    const { id } = await amina.plans()
    const [early, late] = [await amina.spends(), await amina.spends()]
    const of = (expense: { id: string }, due: string) =>
      write(
        sql`UPDATE expenses SET plan_id = ${id}, plan_due = ${due} WHERE user_id = ${amina.user.id} AND id = ${expense.id}`,
      )
    await of(early, '2026-11-30')
    await of(late, '2027-01-30')
    for (const due of ['2026-12-30', '2027-01-30'])
      await write(sql`INSERT INTO plan_exceptions (user_id, plan_id, due, skipped)
        VALUES (${amina.user.id}, ${id}, ${due}, TRUE)`)
    const before = await amina.get(`/v1/expenses/${late.id}`)
    const { body } = await amina.patch(`/v1/plans/${id}?from=2027-01-30`, { amount: 1 })
    const planOf = (table: string) =>
      values(sql`SELECT plan_id FROM ${sql.identifier(table)} WHERE user_id = ${amina.user.id} AND plan_id IS NOT NULL
        ORDER BY ${sql.identifier(table === 'expenses' ? 'plan_due' : 'due')}`)
    expect(await planOf('expenses')).toEqual([[id], [body.id]])
    expect(await planOf('plan_exceptions')).toEqual([[id], [body.id]])
    const after = await amina.get(`/v1/expenses/${late.id}`)
    expect(after.headers.get('ETag')).not.toBe(before.headers.get('ETag'))
  })
})

const timesOf = ({ createdAt, updatedAt }: { createdAt: string; updatedAt: string }) => ({ createdAt, updatedAt })
