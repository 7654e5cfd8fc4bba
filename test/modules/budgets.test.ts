import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId } from '../support/api.ts'

const availableIn = async (caller: Employee, month: string) =>
  (await caller.get(`/v1/months?from=${month}&to=${month}`)).body.data[0].available

describe('a budget', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('holds from the month in which it is set until it is set again', async () => {
    const { id } = await amina.sorts()
    const at = (month: string) => `/v1/months/${month}/budgets/${id}`
    const set = await amina.put(at('2026-09'), { limit: 100, rollover: 'full', alertPercents: [50] })
    expect([set.status, set.headers.get('Location')]).toEqual([201, at('2026-09')])
    expect((await amina.put(at('2027-01'), { limit: 200 })).status).toBe(201)
    expect(await amina.get(at('2026-08'))).toBeProblem('budget_not_found')
    const september = {
      target: id,
      limit: 100,
      rollover: 'full',
      alertPercents: [50],
      scope: 'onward',
      setIn: '2026-09',
    }
    const january = {
      target: id,
      limit: 200,
      rollover: 'full',
      alertPercents: [50],
      scope: 'onward',
      setIn: '2027-01',
    }
    expect((await amina.get(at('2026-09'))).body).toEqual({ ...september, month: '2026-09' })
    expect((await amina.get(at('2026-12'))).body).toEqual({ ...september, month: '2026-12' })
    expect((await amina.get(at('2027-01'))).body).toEqual({ ...january, month: '2027-01' })
    expect((await amina.get(at('2199-12'))).body).toEqual({ ...january, month: '2199-12' })
  })

  it('is replaced where it is set again in the same month, and keeps what is left out', async () => {
    const { id } = await amina.sorts()
    const path = await amina.limits(id, { limit: 5, rollover: 'full', alertPercents: [] })
    const again = await amina.put(path, { limit: 0 })
    expect([again.status, again.body.limit, again.body.rollover, again.body.alertPercents]).toEqual([
      200,
      0,
      'full',
      [],
    ])
    expect((await amina.get(path)).headers.get('ETag')).toBe(again.headers.get('ETag'))
  })

  it('keeps what is carried over where one month gets another limit', async () => {
    const { id } = await amina.sorts()
    await amina.limits(id, { limit: 100, rollover: 'surplus', alertPercents: [90] }, '2024-01')
    const carried = async (month: string) => {
      const { categories } = (await amina.get(`/v1/months/${month}`)).body
      return categories.find(({ target }: { target: string }) => target === id).carriedIn
    }
    // Two years and eleven months: had the override begun with its defaults, all of it would have been lost.
    const path = await amina.limits(id, { limit: 150, scope: 'month' }, '2026-12')
    expect((await amina.get(path)).body).toMatchObject({ limit: 150, rollover: 'surplus', alertPercents: [90] })
    expect([await carried('2026-12'), await carried('2027-01')]).toEqual([3500, 3650])
    const { body } = await amina.put(path, { limit: 160, scope: 'month', alertPercents: [70] })
    expect(body).toMatchObject({ rollover: 'surplus', alertPercents: [70] })
    expect((await amina.put(path, { limit: 170, scope: 'month' })).body.alertPercents).toEqual([70])
    // What holds onward goes on as it was, and not as the one month that is overridden.
    expect((await amina.put(path, { limit: 110 })).body).toMatchObject({ rollover: 'surplus', alertPercents: [90] })
    expect((await amina.put(path, { limit: 110, rollover: 'none' })).body.rollover).toBe('none')
  })

  it('begins with the defaults where none is in force', async () => {
    const { id } = await amina.sorts()
    const defaults = { rollover: 'none', alertPercents: [80, 100] }
    const path = `/v1/months/2026-09/budgets/${id}`
    expect((await amina.put(path, { limit: 1 })).body).toMatchObject(defaults)
    await amina.limits(id, { rollover: 'full', alertPercents: [] }, '2026-09')
    await amina.delete(`/v1/months/2026-11/budgets/${id}`)
    for (const month of ['2026-08', '2026-11', '2026-12'])
      expect((await amina.put(`/v1/months/${month}/budgets/${id}`, { limit: 1 })).body).toMatchObject(defaults)
  })

  it('is overridden for one month alone, until that is lifted', async () => {
    const { id } = await amina.sorts()
    await amina.limits(id, { limit: 100 }, '2026-09')
    const path = await amina.limits(id, { limit: 300, scope: 'month' }, '2026-11')
    const limits = async () =>
      Promise.all(
        ['2026-10', '2026-11', '2026-12'].map(
          async (month) => (await amina.get(`/v1/months/${month}/budgets/${id}`)).body.limit,
        ),
      )
    expect(await limits()).toEqual([100, 300, 100])
    expect((await amina.get(path)).body).toMatchObject({ scope: 'month', setIn: '2026-11' })
    expect((await amina.delete(`${path}?scope=month`)).status).toBe(200)
    expect(await limits()).toEqual([100, 100, 100])
    expect(await amina.delete(`${path}?scope=month`)).toBeProblem('budget_not_found')
  })

  it('ends, and leaves what was before and what was set for later', async () => {
    const { id } = await amina.sorts()
    const at = (month: string) => `/v1/months/${month}/budgets/${id}`
    await amina.limits(id, { limit: 1 }, '2026-01')
    await amina.limits(id, { limit: 2 }, '2026-12')
    expect((await amina.delete(at('2026-06'))).status).toBe(200)
    expect((await amina.get(at('2026-05'))).body.limit).toBe(1)
    for (const month of ['2026-06', '2026-11']) expect(await amina.get(at(month))).toBeProblem('budget_not_found')
    expect((await amina.get(at('2026-12'))).body.limit).toBe(2)
    expect(await amina.delete(at('2026-06'))).toBeProblem('budget_not_found')
    expect((await amina.put(at('2026-06'), { limit: 3 })).status).toBe(201)
    expect((await amina.get(at('2026-11'))).body.limit).toBe(3)
  })

  it('leaves no trace where it ends in the month in which it began', async () => {
    const { id } = await amina.sorts()
    await amina.limits(id, {}, '2026-01')
    for (const month of ['2026-03', '2026-01'])
      expect((await amina.delete(`/v1/months/${month}/budgets/${id}`)).status).toBe(200)
    await amina.limits(id, { limit: 7 }, '2025-11')
    expect((await amina.get(`/v1/months/2026-03/budgets/${id}`)).body).toMatchObject({ limit: 7, setIn: '2025-11' })
    await amina.delete(`/v1/months/2025-11/budgets/${id}`)
    expect((await amina.delete(`/v1/categories/${id}`)).status).toBe(204)
  })

  it('answers what it does to the month, and raises the alerts that it makes due', async () => {
    const bruno = await employee()
    const { id, name } = await bruno.sorts()
    await bruno.spends({ amount: 90, categoryId: id })
    const { body } = await bruno.put(`/v1/months/2026-11/budgets/${id}`, { limit: 100 })
    expect(body.budget).toEqual([
      {
        target: id,
        name,
        month: '2026-11',
        limit: 100,
        before: { spent: 90, available: null, state: null },
        after: { spent: 90, available: 10, percentUsed: 90, state: 'alert' },
        crossed: [80],
      },
    ])
    const { body: ended } = await bruno.delete(`/v1/months/2026-11/budgets/${id}`)
    expect(ended.budget).toMatchObject([{ limit: null, before: { available: 10 }, after: { available: null } }])
    expect((await bruno.get('/v1/alerts')).body.data).toMatchObject([{ target: id, month: '2026-11', percent: 80 }])
  })

  it('is listed with the others in force: everything first, then the categories by name', async () => {
    const bruno = await employee()
    const [zoo, art] = [await bruno.sorts({ name: 'Zoo' }), await bruno.sorts({ name: 'art' })]
    for (const target of [zoo.id, 'overall', art.id]) await bruno.limits(target, {}, '2026-10')
    await bruno.delete(`/v1/months/2026-12/budgets/${art.id}`)
    const targetsIn = async (month: string) =>
      (await bruno.get(`/v1/months/${month}/budgets`)).body.data.map(({ target }: { target: string }) => target)
    expect(await targetsIn('2026-11')).toEqual(['overall', art.id, zoo.id])
    expect(await targetsIn('2026-12')).toEqual(['overall', zoo.id])
    expect(await targetsIn('2026-09')).toEqual([])
  })

  it.each([
    [{ limit: -1 }, '/limit', 'too_small'],
    [{ limit: 1_000_000_000_001 }, '/limit', 'too_big'],
    [{ limit: 1.5 }, '/limit', undefined],
    [{ limit: '5' }, '/limit', 'invalid_type'],
    [{ limit: null }, '/limit', 'invalid_type'],
    [{}, '/limit', 'required'],
    [{ limit: 1, rollover: 'half' }, '/rollover', undefined],
    [{ limit: 1, scope: 'year' }, '/scope', undefined],
    [{ limit: 1, alertPercents: [0] }, '/alertPercents/0', 'too_small'],
    [{ limit: 1, alertPercents: [80, 1001] }, '/alertPercents/1', 'too_big'],
    [{ limit: 1, alertPercents: [80, 80] }, '/alertPercents', 'duplicates'],
    [{ limit: 1, alertPercents: [1, 2, 3, 4, 5, 6] }, '/alertPercents', 'too_big'],
    [{ limit: 1, alertPercents: [80.5] }, '/alertPercents/0', undefined],
  ])('is refused: %j', async (body, pointer, code) => {
    const path = '/v1/months/2026-11/budgets/overall'
    expect(await amina.put(path, body)).toBeFaultAt(pointer, code)
    expect(await amina.get(path)).toBeProblem('budget_not_found')
  })

  it.each(['2026-13', '2026-00', '1969-12', '2200-01', '2026-1', 'now', '2026-11-01'])(
    'is in no month "%s"',
    async (month) => {
      for (const path of ['', '/budgets', '/budgets/overall'])
        expect(await amina.get(`/v1/months/${month}${path}`)).toBeFaultAt('/month', undefined, 'path')
      expect(await amina.get(`/v1/months?from=${month}&to=${month}`)).toBeFaultAt('/from', undefined, 'query')
    },
  )

  it('is on nothing but a category of the user, or everything', async () => {
    const his = await (await employee()).sorts()
    for (const target of [his.id, newId()]) {
      expect(await amina.put(`/v1/months/2026-11/budgets/${target}`, { limit: 1 })).toBeProblem('category_not_found')
      expect(await amina.get(`/v1/months/2026-11/budgets/${target}`)).toBeProblem('budget_not_found')
      expect(await amina.delete(`/v1/months/2026-11/budgets/${target}`)).toBeProblem('budget_not_found')
    }
    expect(await amina.put('/v1/months/2026-11/budgets/food', { limit: 1 })).toBeFaultAt('/target', undefined, 'path')
  })

  it('takes the edges of every bound', async () => {
    const limit = 1_000_000_000_000
    const path = await amina.limits('overall', { limit, alertPercents: [1, 2, 3, 999, 1000] }, '1970-01')
    expect((await amina.get(path)).body).toMatchObject({ limit, alertPercents: [1, 2, 3, 999, 1000] })
    await amina.limits('overall', { limit: 0 }, '2199-12')
    expect(await availableIn(amina, '2199-12')).toBe(0)
    expect(await availableIn(amina, '2199-11')).toBe(limit)
  })
})

describe('a category that has a budget', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('is deleted only where it is said where that goes', async () => {
    const [food, pets] = [await amina.sorts(), await amina.sorts()]
    await amina.limits(food.id, { limit: 70 }, '2026-09')
    await amina.limits(food.id, { limit: 80 }, '2026-10')
    const path = `/v1/categories/${food.id}`
    expect(await amina.delete(path)).toBeProblem('category_in_use')
    expect((await amina.delete(`${path}?moveTo=${pets.id}`)).status).toBe(204)
    expect((await amina.get(`/v1/months/2026-09/budgets/${pets.id}`)).body.limit).toBe(70)
    expect((await amina.get(`/v1/months/2026-11/budgets/${pets.id}`)).body.limit).toBe(80)
  })

  it('gives its budgets to one that has its own, but none of the same month and scope', async () => {
    const [food, pets] = [await amina.sorts(), await amina.sorts()]
    await amina.limits(food.id, { limit: 70 }, '2026-09')
    await amina.limits(food.id, { limit: 71 }, '2026-10')
    await amina.limits(food.id, { limit: 90, scope: 'month' }, '2026-11')
    await amina.limits(pets.id, { limit: 5 }, '2026-10')
    await amina.spends({ amount: 9, categoryId: food.id })
    expect((await amina.delete(`/v1/categories/${food.id}?moveTo=${pets.id}`)).status).toBe(204)
    const limits = ['2026-08', '2026-09', '2026-10', '2026-11', '2026-12'].map(
      async (month) => (await amina.get(`/v1/months/${month}/budgets/${pets.id}`)).body.limit,
    )
    expect(await Promise.all(limits)).toEqual([undefined, 70, 5, 90, 5])
    const { body } = await amina.get('/v1/months/2026-11')
    expect(body.categories).toContainEqual(expect.objectContaining({ target: pets.id, limit: 90, spent: 9 }))
  })

  it('leaves the only limit in force to one whose own has ended', async () => {
    const [food, pets] = [await amina.sorts(), await amina.sorts()]
    await amina.limits(pets.id, { limit: 5 }, '2024-01')
    await amina.delete(`/v1/months/2025-01/budgets/${pets.id}`)
    await amina.limits(food.id, { limit: 70 }, '2026-09')
    await amina.delete(`/v1/categories/${food.id}?moveTo=${pets.id}`)
    // Its old budget had food's dropped, and nothing limited the two any more.
    expect((await amina.get(`/v1/months/2026-11/budgets/${pets.id}`)).body).toMatchObject({
      limit: 70,
      setIn: '2026-09',
    })
  })

  it.each([
    ['the destination', ([from, to]: string[]) => [to, from], '2026-06'],
    ['the deleted one', ([from, to]: string[]) => [from, to], '2026-06'],
    ['either, after what one month has of its own', ([from, to]: string[]) => [to, from], '2026-08'],
  ])('is not deleted where an end of %s would end the limit of the other', async (_, order, month) => {
    const [from, to] = [(await amina.sorts()).id, (await amina.sorts()).id]
    const [ended, limited] = order([from, to]) as [string, string]
    await amina.limits(limited, { limit: 70 }, '2026-01')
    await amina.limits(ended, { limit: 5 }, '2026-03')
    await amina.delete(`/v1/months/2026-06/budgets/${ended}`)
    if (month === '2026-08') {
      await amina.limits(from, { limit: 6, scope: 'month' }, '2026-06')
      await amina.limits(to, { limit: 7, scope: 'month' }, '2026-07')
    }
    const path = `/v1/categories/${from}?moveTo=${to}`
    const refused = await amina.delete(path)
    expect(refused).toBeProblem('budgets_conflict')
    expect(refused.body.detail).toContain(month)
    expect((await amina.get(`/v1/months/2026-12/budgets/${limited}`)).body.limit).toBe(70)
    await amina.limits(ended, { limit: 8 }, month)
    if (month === '2026-08') expect((await amina.delete(path)).status).toBe(204)
  })
})
