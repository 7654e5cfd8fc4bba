import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId } from '../support/api.ts'

const namesOf = async (who: Employee, query = '') =>
  (await who.get(`/v1/categories${query}`)).body.data.map(({ name }: { name: string }) => name)

describe('categories', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('are nine to start with, listed by name', async () => {
    expect(await namesOf(await employee())).toEqual([
      'Clothing',
      'Education',
      'Food',
      'Health',
      'Housing',
      'Leisure',
      'Other',
      'Transport',
      'Travel',
    ])
  })

  it('are created, found, changed and deleted', async () => {
    const created = await amina.post('/v1/categories', { name: ' Gifts ', color: '#E4572E' })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({ name: 'Gifts', color: '#e4572e', archived: false })
    const path = `/v1/categories/${created.body.id}`
    expect(created.headers.get('Location')).toBe(path)
    expect((await amina.get(path)).body).toEqual(created.body)
    const changed = await amina.patch(path, { archived: true })
    expect(changed.body).toEqual({ ...created.body, archived: true, updatedAt: changed.body.updatedAt })
    expect((await amina.patch(path, { color: null })).body).toMatchObject({
      color: null,
      archived: true,
      name: 'Gifts',
    })
    expect((await amina.delete(path)).status).toBe(204)
    expect(await amina.delete(path)).toBeProblem('category_not_found')
    expect(await amina.get(path)).toBeProblem('category_not_found')
    expect(await amina.patch(path, {})).toBeProblem('category_not_found')
  })

  it("are created by PUT with the client's own id, and replaced after", async () => {
    const path = `/v1/categories/${newId()}`
    const created = await amina.put(path, { name: 'Pets', color: '#000000', archived: true })
    expect(created.status).toBe(201)
    const replaced = await amina.put(path, { name: 'Animals' })
    expect(replaced.status).toBe(200)
    expect(replaced.body).toMatchObject({ name: 'Animals', color: null, archived: false })
    expect(replaced.body.createdAt).toBe(created.body.createdAt)
  })

  it('have names of their own, whatever the case and in any script', async () => {
    const { id } = await amina.sorts({ name: 'Épicerie' })
    const other = await amina.sorts({ name: 'Kiosk' })
    await amina.sorts({ name: 'H\u0331 Straße' })
    expect(await amina.post('/v1/categories', { name: '\u1e96 STRASSE' })).toBeProblem('category_name_taken')
    for (const name of ['épicerie', 'E\u0301PICERIE', ' ÉPICERIE ']) {
      expect(await amina.post('/v1/categories', { name })).toBeProblem('category_name_taken')
      expect(await amina.put(`/v1/categories/${newId()}`, { name })).toBeProblem('category_name_taken')
      expect(await amina.patch(`/v1/categories/${other.id}`, { name })).toBeProblem('category_name_taken')
    }
    expect((await amina.patch(`/v1/categories/${id}`, { name: 'ÉPICERIE' })).status).toBe(200)
    expect((await (await employee()).post('/v1/categories', { name: 'Épicerie' })).status).toBe(201)
  })

  it('are listed whether they are archived or not, and are paged', async () => {
    const bruno = await employee()
    await bruno.sorts({ name: 'Zoo', archived: true })
    expect(await namesOf(bruno, '?archived=true')).toEqual(['Zoo'])
    expect(await namesOf(bruno, '?archived=false')).toHaveLength(9)
    const first = await bruno.get('/v1/categories?limit=9')
    expect(await namesOf(bruno, `?limit=9&cursor=${first.body.nextCursor}`)).toEqual(['Zoo'])
    expect(await bruno.get('/v1/categories?archived=yes')).toBeFaultAt('/archived', undefined, 'query')
    expect(await bruno.get('/v1/categories?cursor=bm9uc2Vuc2U')).toBeFaultAt('/cursor', 'invalid_cursor', 'query')
  })

  it('are paged past the longest and strangest name', async () => {
    const bruno = await employee()
    const name = '\u0001'.repeat(60)
    await bruno.sorts({ name })
    const { body } = await bruno.get('/v1/categories?limit=1')
    expect(body.data[0].name).toBe(name)
    expect(await namesOf(bruno, `?cursor=${body.nextCursor}`)).toHaveLength(9)
  })

  it.each(['a\ud800', 'a\u0000', ''])('are not paged by a forged cursor of %j', async (name) => {
    const cursor = btoa(JSON.stringify(['name', name, newId()]))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
    expect(await amina.get(`/v1/categories?cursor=${cursor}`)).toBeFaultAt('/cursor', 'invalid_cursor', 'query')
  })

  it.each([
    [{}, '/name', 'required'],
    [{ name: '' }, '/name', 'invalid_length'],
    [{ name: '  ' }, '/name', 'invalid_length'],
    [{ name: 'x'.repeat(61) }, '/name', 'invalid_length'],
    [{ name: null }, '/name', 'invalid_type'],
    [{ name: 'Gifts', color: 'red' }, '/color', 'invalid_format'],
    [{ name: 'Gifts', color: '#12345' }, '/color', 'invalid_format'],
    [{ name: 'Gifts', archived: 'yes' }, '/archived', 'invalid_type'],
    [{ name: 'Gifts', icon: '!' }, '/icon', 'unknown_member'],
  ])('are refused where they are %j', async (category, pointer, code) => {
    expect(await amina.post('/v1/categories', category)).toBeFaultAt(pointer, code)
  })
})

describe('the category of an expense', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('is kept, and filters the list', async () => {
    const [food, pets] = [await amina.sorts(), await amina.sorts()]
    const lunch = await amina.spends({ categoryId: food.id })
    const cat = await amina.spends({ categoryId: pets.id })
    const stray = await amina.spends()
    expect([lunch.categoryId, stray.categoryId]).toEqual([food.id, null])
    const idsFor = async (query: string) =>
      (await amina.get(`/v1/expenses?categoryId=${query}`)).body.data.map(({ id }: { id: string }) => id)
    expect(await idsFor(food.id)).toEqual([lunch.id])
    expect(await idsFor(pets.id)).toEqual([cat.id])
    expect(await idsFor('none')).toEqual([stray.id])
    expect(await idsFor(newId())).toEqual([])
    expect(await amina.get('/v1/expenses?categoryId=nonsense')).toBeFaultAt('/categoryId', undefined, 'query')
  })

  it('changes by PATCH, and is cleared by null', async () => {
    const [food, pets] = [await amina.sorts(), await amina.sorts()]
    const { id } = await amina.spends({ categoryId: food.id })
    expect((await amina.patch(`/v1/expenses/${id}`, { categoryId: pets.id })).body.categoryId).toBe(pets.id)
    expect((await amina.patch(`/v1/expenses/${id}`, { amount: 5 })).body.categoryId).toBe(pets.id)
    expect((await amina.patch(`/v1/expenses/${id}`, { categoryId: null })).body.categoryId).toBeNull()
  })

  it("must be one of the user's own, and live", async () => {
    const [bruno, mine] = [await employee(), await amina.spends()]
    const [his, archived] = [await bruno.sorts(), await amina.sorts({ archived: true })]
    for (const categoryId of [his.id, archived.id, newId()]) {
      expect(await amina.post('/v1/expenses', { amount: 1, categoryId })).toBeFaultAt('/categoryId', 'unknown_category')
      const path = `/v1/expenses/${newId()}`
      expect(await amina.put(path, { amount: 1, date: '2026-11-23', categoryId })).toBeFaultAt(
        '/categoryId',
        'unknown_category',
      )
      expect(await amina.get(path)).toBeProblem('expense_not_found')
      expect(await amina.patch(`/v1/expenses/${mine.id}`, { categoryId })).toBeFaultAt(
        '/categoryId',
        'unknown_category',
      )
    }
    expect((await amina.get(`/v1/expenses/${mine.id}`)).body).toEqual(mine)
  })

  it('stays when it is archived', async () => {
    const food = await amina.sorts()
    const { id } = await amina.spends({ categoryId: food.id })
    await amina.patch(`/v1/categories/${food.id}`, { archived: true })
    expect((await amina.patch(`/v1/expenses/${id}`, { amount: 7 })).body).toMatchObject({
      amount: 7,
      categoryId: food.id,
    })
    const replaced = await amina.put(`/v1/expenses/${id}`, { amount: 8, date: '2026-11-23', categoryId: food.id })
    expect(replaced.body).toMatchObject({ amount: 8, date: '2026-11-23', categoryId: food.id })
  })
})

describe('a category that has expenses', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('is deleted only where it is said where they go', async () => {
    const [food, pets] = [await amina.sorts(), await amina.sorts()]
    const { id } = await amina.spends({ categoryId: food.id })
    const path = `/v1/categories/${food.id}`
    expect(await amina.delete(path)).toBeProblem('category_in_use')
    expect((await amina.delete(`${path}?moveTo=${pets.id}`)).status).toBe(204)
    expect((await amina.get(`/v1/expenses/${id}`)).body.categoryId).toBe(pets.id)
    expect(await amina.get(path)).toBeProblem('category_not_found')
  })

  it("moves them to no category but another live one of the user's", async () => {
    const [food, archived, his] = [
      await amina.sorts(),
      await amina.sorts({ archived: true }),
      await (await employee()).sorts(),
    ]
    const { id } = await amina.spends({ categoryId: food.id })
    for (const moveTo of [food.id, archived.id, his.id, newId()]) {
      const answer = await amina.delete(`/v1/categories/${food.id}?moveTo=${moveTo}`)
      expect(answer).toBeFaultAt('/moveTo', 'unknown_category', 'query')
    }
    expect(await amina.delete(`/v1/categories/${food.id}?moveTo=nonsense`)).toBeFaultAt('/moveTo', undefined, 'query')
    expect((await amina.get(`/v1/expenses/${id}`)).body.categoryId).toBe(food.id)
  })

  it('is not found where it is not there, whatever is said', async () => {
    const pets = await amina.sorts()
    expect(await amina.delete(`/v1/categories/${newId()}?moveTo=${pets.id}`)).toBeProblem('category_not_found')
  })
})
