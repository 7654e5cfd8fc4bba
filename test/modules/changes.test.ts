import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId, newName, PASSWORD, withoutTag, withoutVerdict } from '../support/api.ts'

// biome-ignore lint/suspicious/noExplicitAny: as in Answer.
type Change = any

/** All that has changed since a cursor, page by page, and the cursor to go on with. */
const pull = async (
  caller: Employee,
  since?: string,
  limit = 100,
  between: () => Promise<unknown> = async () => null,
) => {
  const seen: Change[] = []
  for (let cursor = since; ; ) {
    const { body } = await caller.get(`/v1/changes?limit=${limit}${cursor ? `&since=${cursor}` : ''}`)
    seen.push(...body.changes)
    cursor = body.nextCursor
    if (!body.hasMore) return { seen, cursor }
    await between()
  }
}

const summaryOf = (changes: Change[]) => changes.map(({ type, id, deleted }) => `${deleted ? '-' : '+'}${type} ${id}`)

describe('the changes', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('begin with all there is: the settings, and nine categories', async () => {
    const bruno = await employee()
    const { seen } = await pull(bruno)
    expect(seen[0]).toEqual({
      type: 'user',
      id: bruno.user.id,
      deleted: false,
      etag: expect.any(String),
      data: bruno.user,
    })
    expect(seen.slice(1).map(({ type }) => type)).toEqual(Array(9).fill('category'))
    expect((await bruno.get('/v1/users/me')).headers.get('ETag')).toBe(seen[0].etag)
  })

  it('tell each resource once, in its newest state, in the order in which it changed', async () => {
    const bruno = await employee()
    const { cursor } = await pull(bruno)
    const first = await bruno.spends({ amount: 1 })
    const income = await bruno.earns({ amount: 2 })
    const gone = await bruno.spends()
    const plan = await bruno.plans()
    const ended = await bruno.deletes('/v1/plans')
    const { body, headers } = await bruno.patch(`/v1/expenses/${first.id}`, { note: 'newer' })
    await bruno.delete(`/v1/expenses/${gone.id}`)
    await bruno.put('/v1/months/2026-11/budgets/overall', { limit: 5, scope: 'month' })
    const { seen } = await pull(bruno, cursor)
    expect(seen).toEqual([
      { type: 'income', id: income.id, deleted: false, etag: expect.any(String), data: income },
      { type: 'plan', id: plan.id, deleted: false, etag: expect.any(String), data: plan },
      { type: 'plan', id: ended, deleted: true, etag: null, data: null },
      { type: 'expense', id: first.id, deleted: false, etag: headers.get('ETag'), data: withoutVerdict(body) },
      { type: 'expense', id: gone.id, deleted: true, etag: null, data: null },
      {
        type: 'budget',
        id: '2026-11/overall/month',
        deleted: false,
        etag: expect.any(String),
        data: {
          target: 'overall',
          month: '2026-11',
          scope: 'month',
          limit: 5,
          rollover: 'none',
          alertPercents: [80, 100],
        },
      },
    ])
  })

  const steps: [string, (owner: Employee) => Promise<unknown>, RegExp[]][] = [
    [
      'a new name of the user',
      (o) => o.patch('/v1/users/me', { username: newName(), currentPassword: PASSWORD }),
      [/^\+user/],
    ],
    ['a PATCH that changes no setting', (o) => o.patch('/v1/users/me', { monthStartDay: 1 }), []],
    ['a new category', (o) => o.sorts(), [/^\+category/]],
    ['a login', (o) => o.logInAgain(), []],
    ['a restoration', async (o) => o.post(`/v1/expenses/${await o.deletes('/v1/expenses')}/restore`), [/^\+expense/]],
    ['a dry run', (o) => o.post('/v1/expenses?dryRun=true', { amount: 1 }), []],
    ['a write that is refused', (o) => o.post('/v1/expenses', { amount: 1, categoryId: newId() }), []],
    [
      'a category that goes with all that it has',
      async (o) => {
        const [from, to] = [await o.sorts(), await o.sorts()]
        await o.limits(from.id)
        await o.spends({ categoryId: from.id })
        await o.plans({ categoryId: from.id })
        await o.delete(`/v1/categories/${from.id}?moveTo=${to.id}`)
      },
      [/^\+category/, /^\+plan/, /^\+expense/, /^[+-]budget/, /^[+-]budget/, /^-category/],
    ],
    [
      'the end of a budget',
      async (o) => {
        await o.limits('overall', {}, '2026-01')
        await o.delete('/v1/months/2026-05/budgets/overall')
        await o.delete('/v1/months/2026-01/budgets/overall')
      },
      [/^-budget/, /^-budget/],
    ],
  ]
  it.each(steps)('after %s', async (_, step, expected) => {
    const { cursor } = await pull(amina)
    await step(amina)
    const summary = summaryOf((await pull(amina, cursor)).seen)
    expect(summary).toHaveLength(expected.length)
    expected.forEach((pattern, i) => {
      expect(summary[i]).toMatch(pattern)
    })
  })

  it.each([1, 3])('come whole in pages of %i, whatever is written meanwhile', async (limit) => {
    const bruno = await employee()
    const held = new Map<string, unknown>()
    const apply = (changes: Change[]) => {
      for (const { type, id, data } of changes) data ? held.set(`${type} ${id}`, data) : held.delete(`${type} ${id}`)
    }
    const made = [await bruno.spends(), await bruno.spends(), await bruno.spends()]
    const writes = [
      () => bruno.delete(`/v1/expenses/${made[0].id}`),
      () => bruno.patch(`/v1/expenses/${made[1].id}`, { amount: 1 }),
      () => bruno.spends(),
      () => bruno.post(`/v1/expenses/${made[0].id}/restore`),
    ]
    const { seen, cursor } = await pull(bruno, undefined, limit, async () => writes.shift()?.())
    apply(seen)
    for (const write of writes) await write()
    apply((await pull(bruno, cursor, limit)).seen)
    const { body } = await bruno.get('/v1/expenses?limit=100')
    const expenses = [...held].filter(([key]) => key.startsWith('expense')).map(([, data]) => data)
    expect(expenses).toEqual(expect.arrayContaining(body.data.map(withoutTag)))
    expect(expenses).toHaveLength(body.data.length)
  })

  it('end with a cursor that goes on', async () => {
    const { cursor } = await pull(amina)
    const { body } = await amina.get(`/v1/changes?since=${cursor}`)
    expect(body).toEqual({ changes: [], nextCursor: cursor, hasMore: false })
  })

  it('take no cursor that is forged, of another list, of somebody else, or of the future', async () => {
    const encode = (place: unknown) => btoa(JSON.stringify(place)).replaceAll('=', '')
    const theirs = (await pull(await employee())).cursor ?? ''
    const list = (await amina.get('/v1/expenses?limit=1')).body.nextCursor ?? encode(['-date', '2026-11-23', newId()])
    const future = encode(['changes', 1_000_000, amina.user.id])
    for (const since of [
      'nonsense',
      list,
      theirs,
      future,
      encode(['changes', -1, amina.user.id]),
      encode(['changes', 1.5, amina.user.id]),
    ])
      expect(await amina.get(`/v1/changes?since=${since}`)).toBeFaultAt('/since', 'invalid_cursor', 'query')
  })

  it("hold nothing of a colleague's", async () => {
    const bruno = await employee()
    const { cursor } = await pull(bruno)
    await amina.spends()
    expect((await pull(bruno, cursor)).seen).toEqual([])
  })
})
