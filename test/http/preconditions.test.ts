import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type Employee, employee, newId, newName } from '../support/api.ts'

const withTag = (tag: string | null) => ({ headers: { 'If-Match': tag ?? '' } })
const tagOf = ({ headers }: Answer) => headers.get('ETag')

let limit = 0
const nextLimit = () => ++limit

const resources: [string, (owner: Employee) => Promise<string>, () => object, () => object][] = [
  [
    'an expense',
    async (o) => `/v1/expenses/${(await o.spends()).id}`,
    () => ({ amount: 7, date: '2026-11-23' }),
    () => ({ amount: 8 }),
  ],
  [
    'an income',
    async (o) => `/v1/incomes/${(await o.earns()).id}`,
    () => ({ amount: 7, date: '2026-11-23' }),
    () => ({ amount: 8 }),
  ],
  [
    'a plan',
    async (o) => `/v1/plans/${(await o.plans()).id}`,
    () => ({ kind: 'expense', amount: 7, start: '2026-11-30' }),
    () => ({ amount: 8 }),
  ],
  [
    'a category',
    async (o) => `/v1/categories/${(await o.sorts()).id}`,
    () => ({ name: newName() }),
    () => ({ color: '#000000' }),
  ],
  ['a budget', async (o) => o.limits((await o.sorts()).id), () => ({ limit: nextLimit() }), () => ({})],
]

describe.each(resources)('%s', (name, make, replacement, patch) => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })
  const isPatched = name !== 'a budget'

  it('is written only while it is as the client has seen it', async () => {
    const path = await make(amina)
    const seen = await amina.get(path)
    const put = await amina.put(path, replacement(), withTag(tagOf(seen)))
    expect(put.status).toBe(200)
    expect(tagOf(put)).not.toBe(tagOf(seen))
    for (const stale of [tagOf(seen), '"0"', '"nonsense"', `W/${tagOf(put)}`]) {
      expect(await amina.put(path, replacement(), withTag(stale))).toBeProblem('precondition_failed')
      if (isPatched) expect(await amina.patch(path, patch(), withTag(stale))).toBeProblem('precondition_failed')
      const refused = await amina.delete(path, withTag(stale))
      expect(refused).toBeProblem('precondition_failed')
      expect(refused.body.detail).toContain('`If-Match`')
      // That of a budget also names the month.
      expect(`${tagOf(put)}`).toContain(`${tagOf(refused)}`.slice(0, -1))
    }
    expect(tagOf(await amina.get(path))).toBe(tagOf(put))
    const fresh = isPatched ? await amina.patch(path, patch(), withTag(`"0", ${tagOf(put)}`)) : put
    expect(fresh.status).toBe(200)
    expect((await amina.delete(path, withTag(tagOf(fresh)))).status).toBeLessThan(300)
    expect((await amina.get(path)).status).toBe(404)
  })

  it('is written by one of forty who have seen the same', async () => {
    const path = await make(amina)
    const tag = tagOf(await amina.get(path))
    const statuses = (
      await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          isPatched && i % 2
            ? amina.patch(path, patch(), withTag(tag))
            : amina.put(path, name === 'a budget' ? { limit: i } : replacement(), withTag(tag)),
        ),
      )
    ).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 412)).toHaveLength(39)
  })

  it('that is not there, or not any more, matches nothing', async () => {
    const path = await make(amina)
    const tag = tagOf(await amina.get(path))
    await amina.delete(path)
    for (const any of [tag, '*'])
      expect(await amina.put(path, replacement(), withTag(any))).toBeProblem('precondition_failed')
    expect((await amina.delete(path, withTag(tag))).status).toBe(404)
    if (isPatched) expect((await amina.patch(path, patch(), withTag(tag))).status).toBe(404)
  })

  it('is made by `If-None-Match: *` alone where there is none', async () => {
    const path = await make(amina)
    const onlyNew = { headers: { 'If-None-Match': '*' } }
    const before = await amina.get(path)
    const refused = await amina.put(path, replacement(), onlyNew)
    expect(refused).toBeProblem('precondition_failed')
    expect(refused.body.detail).toContain('is there already')
    expect((await amina.get(path)).body).toEqual(before.body)
    const fresh = name === 'a budget' ? path.replace('2026-11', '1999-01') : path.replace(/[^/]+$/, newId())
    expect((await amina.put(fresh, replacement(), onlyNew)).status).toBe(201)
    expect((await amina.put(path, replacement(), { headers: { 'If-None-Match': `W/${tagOf(before)}` } })).status).toBe(
      412,
    )
  })

  it('stays as it is, with its ETag, when it is put again', async () => {
    const path = await make(amina)
    const body = { ...replacement(), ...(path.startsWith('/v1/expenses') && { date: '2026-11-01' }) }
    const dated = path.startsWith('/v1/incomes') ? { ...body, date: '2026-11-01' } : body
    const first = await amina.put(path, dated)
    const again = await amina.put(path, dated)
    expect([again.status, tagOf(again)]).toEqual([200, tagOf(first)])
    expect((await amina.get(path)).body).toMatchObject(
      Object.fromEntries(Object.entries(first.body).filter(([member]) => member !== 'budget')),
    )
  })
})

describe.each(resources.filter(([name]) => name !== 'a budget'))('%s that is patched', (_, make, __, patch) => {
  it('stays as it is, with its ETag, where that changes nothing', async () => {
    const amina = await employee()
    const path = await make(amina)
    const changed = await amina.patch(path, patch())
    for (const idle of [patch(), {}]) expect(tagOf(await amina.patch(path, idle))).toBe(tagOf(changed))
  })
})

describe('a budget under an override', () => {
  it('is told from it by its own version', async () => {
    const amina = await employee()
    const path = '/v1/months/2026-11/budgets/overall'
    const onward = await amina.put(path, { limit: 1 })
    const override = await amina.put(path, { limit: 2, scope: 'month' }, withTag(tagOf(onward)))
    expect(override.status).toBe(201)
    expect(tagOf(await amina.get(path))).toBe(tagOf(override))
    expect(await amina.put(path, { limit: 3 }, withTag(tagOf(override)))).toBeProblem('precondition_failed')
    expect((await amina.put(path, { limit: 3 }, withTag(tagOf(onward)))).status).toBe(200)
    expect(await amina.delete(`${path}?scope=month`, withTag(tagOf(onward)))).toBeProblem('precondition_failed')
    expect((await amina.delete(`${path}?scope=month`, withTag(tagOf(override)))).status).toBe(200)
  })

  it('of a later month is new, though one of before is in force', async () => {
    const amina = await employee()
    const before = await amina.put('/v1/months/2026-01/budgets/overall', { limit: 1 })
    const onlyNew = { headers: { 'If-None-Match': '*' } }
    const path = '/v1/months/2026-11/budgets/overall'
    expect((await amina.put(path, { limit: 2 }, onlyNew)).status).toBe(201)
    expect(await amina.put(path, { limit: 3 }, onlyNew)).toBeProblem('precondition_failed')
    expect(tagOf(await amina.get('/v1/months/2026-10/budgets/overall'))).not.toBe(tagOf(before))
  })
})

describe('the tag of a dry run', () => {
  it('matches nothing', async () => {
    const amina = await employee()
    const { id } = await amina.spends()
    const rehearsed = await amina.patch(`/v1/expenses/${id}?dryRun=true`, { amount: 2 })
    const stale = await amina.patch(`/v1/expenses/${id}`, { amount: 3 }, withTag(tagOf(rehearsed)))
    expect(stale).toBeProblem('precondition_failed')
  })
})

describe('the settings of a user', () => {
  it('are changed only while they are as the client has seen them', async () => {
    const amina = await employee()
    const seen = await amina.get('/v1/users/me')
    const changed = await amina.patch('/v1/users/me', { monthStartDay: 5 }, withTag(tagOf(seen)))
    expect(changed.status).toBe(200)
    expect(await amina.patch('/v1/users/me', { monthStartDay: 6 }, withTag(tagOf(seen)))).toBeProblem(
      'precondition_failed',
    )
    const same = await amina.patch('/v1/users/me', { monthStartDay: 5 }, withTag(tagOf(changed)))
    expect(tagOf(same)).toBe(tagOf(changed))
    await amina.spends()
    expect(tagOf(await amina.get('/v1/users/me'))).toBe(tagOf(changed))
  })
})

describe('an ETag', () => {
  it("is of its user alone: a colleague's matches nothing, on a read or on a write", async () => {
    const [amina, bruno] = [await employee(), await employee()]
    const theirs = tagOf(await amina.get('/v1/users/me')) ?? ''
    const own = await bruno.get('/v1/users/me', { headers: { 'If-None-Match': theirs } })
    expect([own.status, own.body.username]).toEqual([200, bruno.user.username])
    expect(tagOf(own)?.split('-')[1]).toBe(theirs.split('-')[1])
    expect(await bruno.patch('/v1/users/me', { monthStartDay: 2 }, withTag(theirs))).toBeProblem('precondition_failed')
    expect((await bruno.patch('/v1/users/me', { monthStartDay: 2 }, withTag(tagOf(own)))).status).toBe(200)
  })

  it('comes with word that the answer depends on who asks, as every answer to a user does', async () => {
    const amina = await employee()
    for (const path of ['/v1/users/me', '/v1/months/2026-11', '/v1/expenses', `/v1/expenses/${newId()}`])
      expect((await amina.get(path)).headers.get('Vary')).toContain('Authorization')
  })
})
