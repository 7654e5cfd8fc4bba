import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId, withoutVerdict } from '../support/api.ts'

const monthly = { every: 1, unit: 'month' }
const rent = { kind: 'expense', amount: 90_000, start: '2026-10-31', repeat: monthly, merchant: 'Ländlord' }

/** What is due between two days, as `due state`. */
const dueOf = async (who: Employee, from: string, to: string, filter = '') => {
  const { body } = await who.get(`/v1/occurrences?from=${from}&to=${to}${filter}`)
  return body.data.map(({ due, state }: { due: string; state: string }) => `${due} ${state}`)
}

const spentIn = async (who: Employee, month: string) => (await who.get(`/v1/months/${month}`)).body.spent

describe('the occurrences of plans', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('are listed by the day on which they are due, page by page, with what the plan says', async () => {
    const { id: categoryId } = await amina.sorts()
    const { body: plan } = await amina.post('/v1/plans', { ...rent, categoryId, tags: ['home'], start: '2040-01-31' })
    const { body: other } = await amina.post('/v1/plans', {
      kind: 'income',
      amount: 1,
      start: '2040-02-29',
      source: 'Tax',
    })
    const path = '/v1/occurrences?from=2040-01-01&to=2040-03-31'
    const { body } = await amina.get(path)
    expect(body).toMatchObject({ nextCursor: null, data: [{ due: '2040-01-31' }, {}, {}, { due: '2040-03-31' }] })
    expect(body.data[0]).toEqual({
      planId: plan.id,
      due: '2040-01-31',
      date: '2040-01-31',
      kind: 'expense',
      amount: 90_000,
      currency: 'USD',
      exchangeRate: null,
      baseAmount: 90_000,
      categoryId,
      merchant: 'Ländlord',
      source: null,
      note: null,
      tags: ['home'],
      state: 'planned',
      entryId: null,
    })
    const paged = []
    for (let cursor = ''; ; ) {
      const page = await amina.get(`${path}&limit=1${cursor && `&cursor=${cursor}`}`)
      paged.push(...page.body.data)
      cursor = page.body.nextCursor
      if (!cursor) break
    }
    expect(paged).toEqual(body.data)
    expect((await amina.get(`${path}&kind=income`)).body.data).toMatchObject([{ planId: other.id, source: 'Tax' }])
    expect(await amina.get('/v1/occurrences?from=2040-01-01&to=2041-02-04')).toBeFaultAt('/to', 'too_long', 'query')
    expect(await amina.get('/v1/occurrences?from=2040-01-02&to=2040-01-01')).toBeFaultAt(
      '/to',
      'contradiction',
      'query',
    )
    expect(await amina.get(`${path}&cursor=x`)).toBeFaultAt('/cursor', 'invalid_cursor', 'query')
  })
})

describe('one occurrence of a plan', () => {
  let amina: Employee
  let path: string
  let plan: { id: string }
  beforeAll(async () => {
    amina = await employee()
  })
  const planned = async (terms: object = {}) => {
    plan = await amina.plans({ ...rent, ...terms })
    path = `/v1/plans/${plan.id}/occurrences`
  }

  it('is changed, skipped, and as the plan says again', async () => {
    await planned({ start: '2041-01-31' })
    const at = `${path}/2041-02-28`
    const { headers } = await amina.get(`/v1/plans/${plan.id}`)
    const changed = await amina.put(at, { amount: 85_000, date: '2041-03-02', note: 'Less' })
    expect(changed).toMatchObject({
      status: 200,
      body: {
        due: '2041-02-28',
        date: '2041-03-02',
        amount: 85_000,
        baseAmount: 85_000,
        note: 'Less',
        state: 'planned',
      },
    })
    expect(changed.headers.get('ETag')).toBe((await amina.get(`/v1/plans/${plan.id}`)).headers.get('ETag'))
    const stale = { headers: { 'If-Match': headers.get('ETag') ?? '' } }
    expect(await amina.put(at, { skipped: true }, stale)).toBeProblem('precondition_failed')
    expect((await amina.put(at, { skipped: true })).body).toMatchObject({ amount: 90_000, state: 'skipped' })
    expect(await dueOf(amina, '2041-01-01', '2041-03-31', '&state=skipped')).toEqual(['2041-02-28 skipped'])
    expect((await amina.delete(at)).status).toBe(204)
    expect(await dueOf(amina, '2041-02-01', '2041-02-28')).toEqual(['2041-02-28 planned'])
    expect((await amina.delete(at)).status).toBe(204)
    const tagOf = async () => (await amina.get(`/v1/plans/${plan.id}`)).headers.get('ETag')
    const lifted = await tagOf()
    await amina.delete(at)
    await amina.put(at, {})
    expect(await tagOf()).toBe(lifted)
    await amina.put(at, { amount: 1 })
    const put = await tagOf()
    await amina.put(at, { amount: 1 })
    expect(await tagOf()).toBe(put)
    for (const day of ['2041-02-27', '2041-01-30'])
      expect(await amina.put(`${path}/${day}`, {})).toBeProblem('occurrence_not_found')
    expect(await amina.put(`/v1/plans/${newId()}/occurrences/2041-01-31`, {})).toBeProblem('plan_not_found')
  })

  it('is posted once, with its impact, and never again', async () => {
    const { id: categoryId } = await amina.sorts()
    await amina.limits(categoryId, { limit: 100_000 }, '2026-10')
    await planned({ categoryId, tags: ['home'] })
    const at = `${path}/2026-10-31`
    expect(await dueOf(amina, '2026-10-01', '2026-10-31')).toEqual(['2026-10-31 overdue'])
    const tried = await amina.post(`${at}/post?dryRun=true`, {})
    expect(tried.status).toBe(201)
    expect(await spentIn(amina, '2026-10')).toBe(0)
    const first = await amina.post(`${at}/post`, { amount: 91_000 })
    expect(first).toMatchObject({
      status: 201,
      body: {
        amount: 91_000,
        date: '2026-10-31',
        categoryId,
        merchant: 'Ländlord',
        tags: ['home'],
        planId: plan.id,
        planDue: '2026-10-31',
        budget: [
          { target: 'overall' },
          { target: categoryId, after: { spent: 91_000, state: 'alert' }, crossed: [80] },
        ],
      },
    })
    expect(first.headers.get('Location')).toBe(`/v1/expenses/${first.body.id}`)
    const again = await amina.post(`${at}/post`, { amount: 1 })
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, amount: 91_000, budget: [] } })
    expect(again.headers.get('ETag')).toBe(first.headers.get('ETag'))
    expect((await amina.get(`/v1/expenses/${first.body.id}`)).body.planDue).toBe('2026-10-31')
    expect((await amina.get('/v1/expenses?q=LÄNDLORD')).body.data).toHaveLength(1)
    const { body } = await amina.get('/v1/occurrences?from=2026-10-01&to=2026-10-31')
    expect(body.data).toMatchObject([{ state: 'posted', entryId: first.body.id, amount: 91_000 }])
    expect(await amina.put(at, { skipped: true })).toMatchObject({ status: 409, body: { entryId: first.body.id } })
    expect(await amina.post(`${path}/2026-10-30/post`, {})).toBeProblem('occurrence_not_found')
  })

  it('is an income where the plan is one', async () => {
    await planned({ kind: 'income', merchant: null, source: 'Salary', start: '2026-09-25' })
    await amina.put(`${path}/2026-10-25`, { amount: 95_000, note: 'Raise', date: '2026-10-23' })
    const { status, headers, body } = await amina.post(`${path}/2026-10-25/post`, {})
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { amount: 95_000, source: 'Salary', note: 'Raise', date: '2026-10-23', planDue: '2026-10-25' },
    })
    expect(headers.get('Location')).toBe(`/v1/incomes/${body.id}`)
    expect((await amina.get('/v1/months/2026-10')).body.income).toBe(95_000)
    expect((await amina.post(`${path}/2026-10-25/post`, {})).body).toEqual(body)
    expect((await amina.delete(`/v1/incomes/${body.id}`)).status).toBe(204)
    expect(await dueOf(amina, '2026-10-01', '2026-10-30', '&kind=income')).toEqual(['2026-10-25 skipped'])
  })

  it('is skipped when its entry is deleted, and posted when that is restored', async () => {
    await planned({ start: '2026-08-31' })
    const { body: entry } = await amina.post(`${path}/2026-08-31/post`, {})
    const before = await amina.get(`/v1/plans/${plan.id}`)
    await amina.delete(`/v1/expenses/${entry.id}`)
    expect((await amina.get(`/v1/plans/${plan.id}`)).headers.get('ETag')).not.toBe(before.headers.get('ETag'))
    expect(await dueOf(amina, '2026-08-31', '2026-08-31')).toEqual(['2026-08-31 skipped'])
    await amina.post(`/v1/expenses/${entry.id}/restore`)
    expect(await dueOf(amina, '2026-08-31', '2026-08-31')).toEqual(['2026-08-31 posted'])
    await amina.put(`/v1/expenses/${entry.id}`, { amount: 1, date: '2026-08-31', planId: null, planDue: null })
    expect(await dueOf(amina, '2026-08-31', '2026-08-31')).toEqual(['2026-08-31 overdue'])
    const link = { planId: plan.id, planDue: '2026-08-31' }
    await amina.put(`/v1/expenses/${entry.id}`, { amount: 1, date: '2026-08-31', ...link })
    await amina.delete(`/v1/expenses/${entry.id}`)
    await amina.delete(`${path}/2026-08-31`)
    expect(await dueOf(amina, '2026-08-31', '2026-08-31')).toEqual(['2026-08-31 overdue'])
    const { body: second } = await amina.post(`${path}/2026-08-31/post`, {})
    expect(second.id).not.toBe(entry.id)
    expect(await amina.post(`/v1/expenses/${entry.id}/restore`)).toMatchObject({
      status: 409,
      body: { entryId: second.id },
    })
  })

  it.each([
    ['expenses', {}],
    ['incomes', { kind: 'income', merchant: null }],
  ])('is posted by a client that was offline, by PUT or batch: %s', async (collection, terms) => {
    await planned({ ...terms, start: '2026-07-31' })
    const sent = { amount: 90_000, date: '2026-07-30', planId: plan.id, planDue: '2026-07-31' }
    const mine = `/v1/${collection}/${newId()}`
    const first = await amina.put(mine, sent)
    expect(first).toMatchObject({ status: 201, body: { planId: plan.id, planDue: '2026-07-31' } })
    const plans = await amina.get(`/v1/plans/${plan.id}`)
    expect((await amina.put(mine, sent)).status).toBe(200)
    expect((await amina.get(`/v1/plans/${plan.id}`)).headers.get('ETag')).toBe(plans.headers.get('ETag'))
    const other = `/v1/${collection}/${newId()}`
    expect(await amina.put(other, sent)).toMatchObject({
      status: 409,
      body: { code: 'occurrence_posted', entryId: first.body.id },
    })
    expect(await amina.put(other, { ...sent, planDue: '2026-07-30' })).toBeFaultAt('/planDue', 'not_due')
    expect(await amina.put(other, { ...sent, planId: newId() })).toBeFaultAt('/planId', 'unknown_plan')
    expect(await amina.put(other, { ...sent, planId: null })).toBeFaultAt('/planId', 'required')
    const wrongKind = collection === 'incomes' ? 'expenses' : 'incomes'
    expect(await amina.put(`/v1/${wrongKind}/${newId()}`, sent)).toBeFaultAt('/planId', 'unknown_plan')
    const item = (due: string, planId = plan.id) => ({ ...sent, id: newId(), planId, planDue: due })
    const bad = [item('2026-07-31'), item('2026-08-30'), item('2026-08-31', newId())]
    const { body: refused } = await amina.post(`/v1/${collection}/batch`, { put: bad })
    const faults = refused.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)
    expect(faults.toSorted()).toEqual([
      '/put/0/planDue occurrence_posted',
      '/put/1/planDue not_due',
      '/put/2/planId unknown_plan',
    ])
    const twice = [item('2026-08-31'), item('2026-08-31')]
    expect(await amina.post(`/v1/${collection}/batch`, { put: twice })).toBeFaultAt('/put/1/planDue', 'duplicate')
    expect((await amina.post(`/v1/${collection}/batch`, { put: [item('2026-08-31')] })).status).toBe(200)
    expect((await amina.patch(mine, { amount: 1 })).body.planDue).toBe('2026-07-31')
    expect(await dueOf(amina, '2026-07-01', '2026-08-31', `&state=posted`)).toEqual(
      expect.arrayContaining(['2026-07-31 posted', '2026-08-31 posted']),
    )
    expect((await amina.put(mine, { amount: 2, date: '2026-07-30' })).body).toMatchObject({
      amount: 2,
      planId: plan.id,
    })
    const { body: batched } = await amina.post(`/v1/${collection}/batch`, {
      put: [{ id: first.body.id, amount: 3, date: '2026-07-30' }],
    })
    expect(batched.put).toMatchObject([{ amount: 3, planId: plan.id, planDue: '2026-07-31' }])
    const none = { amount: 1, date: '2026-07-30', planId: null, planDue: null }
    expect((await amina.put(mine, none)).body.planId).toBeNull()
    expect(await amina.put(other, sent)).toMatchObject({ status: 201 })
  })

  it('in a foreign currency asks for its rate when it is posted', async () => {
    await planned({ currency: 'EUR', exchangeRate: '1.1', start: '2026-06-30' })
    expect((await amina.put(`${path}/2026-07-30`, { amount: 100 })).body).toMatchObject({
      amount: 100,
      baseAmount: 110,
    })
    expect(await amina.post(`${path}/2026-06-30/post`, {})).toBeFaultAt('/exchangeRate', 'required')
    expect((await amina.post(`${path}/2026-06-30/post`, { exchangeRate: '1.2' })).body).toMatchObject({
      exchangeRate: '1.2',
      baseAmount: 108_000,
    })
    await planned({ start: '2026-06-30' })
    expect(await amina.post(`${path}/2026-06-30/post`, { exchangeRate: '1.2' })).toBeFaultAt(
      '/exchangeRate',
      'not_needed',
    )
  })

  it('in a foreign currency is worth what the plan says now, also where its amount was changed', async () => {
    const who = await employee()
    const plan = await who.plans({ ...rent, currency: 'EUR', exchangeRate: '2', start: '2042-01-31', amount: 1000 })
    const at = `/v1/plans/${plan.id}/occurrences/2042-02-28`
    await who.put(at, { amount: 500, note: 'Less' })
    const worth = async (id = plan.id) => {
      const { body } = await who.get('/v1/occurrences?from=2042-02-28&to=2042-02-28&kind=expense')
      const { body: month } = await who.get('/v1/months/2042-02')
      const [{ amount, baseAmount, note }] = body.data.filter(({ planId }: { planId: string }) => planId === id)
      expect(month.planned.spent).toBe(baseAmount)
      return [amount, baseAmount, note]
    }
    expect(await worth()).toEqual([500, 1000, 'Less'])
    await who.patch(`/v1/plans/${plan.id}`, { exchangeRate: '4' })
    expect(await worth()).toEqual([500, 2000, 'Less'])
    const sent = { ...rent, currency: 'EUR', exchangeRate: '3', start: '2042-01-31', amount: 1000 }
    await who.put(`/v1/plans/${plan.id}`, sent)
    expect(await worth()).toEqual([500, 1500, 'Less'])
    const { body: next } = await who.patch(`/v1/plans/${plan.id}?from=2042-02-01`, { exchangeRate: '5' })
    expect(await worth(next.id)).toEqual([500, 2500, 'Less'])
    const tooSmall = { currency: 'JPY', exchangeRate: '0.0000000001' }
    expect(await who.patch(`/v1/plans/${next.id}`, tooSmall)).toBeFaultAt('/exchangeRate', 'converted_out_of_range')
    await who.patch(`/v1/plans/${next.id}`, { currency: 'USD', exchangeRate: null })
    expect(await worth(next.id)).toEqual([1000, 1000, 'Less'])
    await who.put(`/v1/plans/${next.id}/occurrences/2042-03-31`, { amount: 1 })
    const foreign = { currency: 'EUR', exchangeRate: '2', amount: 7 }
    await who.patch(`/v1/plans/${next.id}?from=2042-03-01`, foreign)
    const { body } = await who.get('/v1/occurrences?from=2042-03-31&to=2042-03-31')
    expect(body.data).toMatchObject([{ amount: 7, currency: 'EUR', baseAmount: 14 }])
  })

  it('becomes one entry, however many devices post it at once', async () => {
    await planned({ start: '2026-05-31' })
    const answers = await Promise.all(Array.from({ length: 60 }, () => amina.post(`${path}/2026-05-31/post`, {})))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(59)
    const entries = answers.map(({ body }) => withoutVerdict(body))
    expect(entries).toEqual(entries.map(() => entries[0]))
    expect(await spentIn(amina, '2026-05')).toBe(90_000)
  })

  it('goes on as it was where the plan is continued with other terms', async () => {
    await planned({ start: '2026-01-31', amount: 50_000 })
    const { body: early } = await amina.post(`${path}/2026-03-31/post`, {})
    await amina.put(`${path}/2026-04-30`, { skipped: true })
    const { body: next } = await amina.patch(`/v1/plans/${plan.id}?from=2026-03-01`, { amount: 60_000 })
    const { body } = await amina.get('/v1/occurrences?from=2026-02-01&to=2026-05-31&kind=expense')
    const ours = body.data.filter(({ planId }: { planId: string }) => [plan.id, next.id].includes(planId))
    expect(ours.map(({ due, amount, state }: Record<string, string>) => [due, amount, state])).toEqual([
      ['2026-02-28', 50_000, 'overdue'],
      ['2026-03-31', 50_000, 'posted'],
      ['2026-04-30', 60_000, 'skipped'],
      ['2026-05-31', 60_000, 'overdue'],
    ])
    expect((await amina.get(`/v1/expenses/${early.id}`)).body.planId).toBe(next.id)
    for (const other of [{ start: '2026-03-05' }, { repeat: { every: 2 } }]) {
      const moved = await amina.patch(`/v1/plans/${next.id}?from=2026-03-31`, other)
      expect(moved.status).toBe(422)
    }
    expect((await amina.patch(`/v1/plans/${next.id}?from=2026-04-01`, { start: '2026-04-05' })).status).toBe(201)
  })
})
