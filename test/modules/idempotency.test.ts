import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { statements } from '../../src/db/statement.ts'
import { idempotencyKeys } from '../../src/modules/ledger/idempotency-table.ts'
import { type Employee, employee, newId, newName } from '../support/api.ts'
import { select, write } from '../support/database.ts'
import { databaseThat } from '../support/proxied.ts'
import type { Behaviour } from '../support/proxy.ts'

const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } })
const isReplayed = ({ headers }: { headers: Headers }) => headers.get('Idempotency-Replayed') === 'true'

const creations: [string, string, () => object, string][] = [
  ['an expense', '/v1/expenses', () => ({ amount: 1299, note: 'Nur einmal — 一度だけ' }), '/v1/expenses'],
  ['an income', '/v1/incomes', () => ({ amount: 320_000 }), '/v1/incomes'],
  ['a plan', '/v1/plans', () => ({ kind: 'expense', amount: 90_000, start: '2026-11-30' }), '/v1/plans'],
  ['a category', '/v1/categories', () => ({ name: newName() }), '/v1/categories'],
  [
    'a batch of expenses',
    '/v1/expenses/batch',
    () => ({ put: [{ id: newId(), date: '2026-11-23', amount: 5 }] }),
    '/v1/expenses',
  ],
  [
    'a batch of incomes',
    '/v1/incomes/batch',
    () => ({ put: [{ id: newId(), date: '2026-11-23', amount: 5 }] }),
    '/v1/incomes',
  ],
]

/** What makes another request of one that is made anew, where that is not enough. */
const DIFFERENT: Record<string, object> = {
  '/v1/expenses': { amount: 1300 },
  '/v1/incomes': { amount: 1300 },
  '/v1/plans': { amount: 95_000 },
  '/v1/categories': { color: '#123456' },
}

describe.each(creations)('%s that is sent again with its key', (_, path, make, list) => {
  let amina: Employee
  let before: number
  const count = async () => (await amina.get(`${list}?limit=100`)).body.data.length
  beforeAll(async () => {
    amina = await employee()
    await amina.limits('overall', { limit: 1300 }, '2026-01')
    before = await count()
  })

  it('is made once, and answered the same sixty times', async () => {
    const [key, body] = [newId(), make()]
    const answers = await Promise.all(Array.from({ length: 60 }, () => amina.post(path, body, keyed(key))))
    const [first] = answers
    for (const answer of answers) {
      expect([answer.status, answer.body]).toEqual([first?.status, first?.body])
      for (const name of ['ETag', 'Location']) expect(answer.headers.get(name)).toBe(first?.headers.get(name))
    }
    expect(first?.status).toBeLessThan(300)
    expect(answers.filter(isReplayed)).toHaveLength(59)
    expect(await count()).toBe(before + 1)
  })

  it('is answered as it was at first, whatever has happened to it since', async () => {
    const [key, body] = [newId(), make()]
    const first = await amina.post(path, body, keyed(key))
    const id = first.body.id ?? first.body.put[0].id
    expect((await amina.delete(`${list}/${id}`)).status).toBeLessThan(300)
    const again = await amina.post(path, body, keyed(key))
    expect([again.status, again.body, isReplayed(again)]).toEqual([first.status, first.body, true])
    expect((await amina.get(`${list}/${id}`)).status).toBe(404)
  })

  it('is refused where it is another one, and nothing is written', async () => {
    const key = newId()
    await amina.post(path, make(), keyed(key))
    const count0 = await count()
    const other = await amina.post(path, { ...make(), ...DIFFERENT[path] }, keyed(key))
    expect(other).toBeProblem('idempotency_key_reused')
    expect(other).toBeFaultAt('/idempotency-key', 'reused', 'header')
    expect(await count()).toBe(count0)
  })

  it('can be mended where it failed: its key is free', async () => {
    const key = newId()
    expect((await amina.post(path, { nonsense: true }, keyed(key))).status).toBe(422)
    const fixed = await amina.post(path, make(), keyed(key))
    expect([fixed.status < 300, isReplayed(fixed)]).toEqual([true, false])
  })

  it.each(['once-cut', 'once-drop'] as Behaviour[])(
    'is made once, and answered, where the way to the database fails: %s',
    async (behaviour) => {
      const [key, body, count0] = [newId(), make(), await count()]
      const { settings, calls } = databaseThat(behaviour)
      const first = await amina.at(settings).post(path, body, keyed(key))
      expect([first.status < 300, isReplayed(first), await calls()]).toEqual([true, false, 2])
      const again = await amina.post(path, body, keyed(key))
      expect([again.status, again.body, isReplayed(again)]).toEqual([first.status, first.body, true])
      expect(await count()).toBe(count0 + 1)
    },
  )

  it.each(['cut', 'truncate'] as Behaviour[])(
    'is made once where no answer of the database ever comes: %s',
    async (behaviour) => {
      const [key, body, count0] = [newId(), make(), await count()]
      const lost = await amina.at(databaseThat(behaviour).settings).post(path, body, keyed(key))
      expect(lost).toBeProblem('service_unavailable')
      const again = await amina.post(path, body, keyed(key))
      expect([again.status < 300, isReplayed(again)]).toEqual([true, true])
      expect(await count()).toBe(count0 + 1)
    },
  )
})

describe('an idempotency key', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('is of its user alone', async () => {
    const [key, bruno] = [newId(), await employee()]
    const hers = await amina.post('/v1/expenses', { amount: 1 }, keyed(key))
    const his = await bruno.post('/v1/expenses', { amount: 2 }, keyed(key))
    expect([his.status, his.body.amount, isReplayed(his)]).toEqual([201, 2, false])
    expect(his.body.id).not.toBe(hers.body.id)
  })

  it('is of its route alone', async () => {
    const key = newId()
    await amina.post('/v1/expenses', { amount: 1 }, keyed(key))
    expect(await amina.post('/v1/incomes', { amount: 1 }, keyed(key))).toBeProblem('idempotency_key_reused')
  })

  it('knows the same body however it is written', async () => {
    const key = newId()
    const first = await amina.post('/v1/expenses', { amount: 1, note: 'a' }, keyed(key))
    const again = await amina.post('/v1/expenses', { note: ' a ', amount: 1, tags: [] }, keyed(key))
    expect([again.body.id, isReplayed(again)]).toEqual([first.body.id, true])
  })

  it('brings no answer that only held at first: a category that was archived since is no fault', async () => {
    const [key, { id }] = [newId(), await amina.sorts()]
    const first = await amina.post('/v1/expenses', { amount: 1, categoryId: id }, keyed(key))
    await amina.patch(`/v1/categories/${id}`, { archived: true })
    expect((await amina.post('/v1/expenses', { amount: 1, categoryId: id }, keyed(key))).body).toEqual(first.body)
  })

  it('stays free where the request fails on what is stored', async () => {
    const [key, { id }] = [newId(), await amina.sorts({ archived: true })]
    const sent = { amount: 1, categoryId: id }
    expect(await amina.post('/v1/expenses', sent, keyed(key))).toBeFaultAt('/categoryId')
    expect((await amina.post('/v1/expenses', { amount: 1 }, keyed(key))).status).toBe(201)
  })

  it.each(['x'.repeat(255), 'a key with spaces, and "quotes"', '\\u00e9'])('may be "%s"', async (key) => {
    expect((await amina.post('/v1/expenses', { amount: 1 }, keyed(key))).status).toBe(201)
    expect(isReplayed(await amina.post('/v1/expenses', { amount: 1 }, keyed(key)))).toBe(true)
  })

  it.each(['', 'x'.repeat(256)])('may not be "%s"', async (key) => {
    const answer = await amina.post('/v1/expenses', { amount: 1 }, keyed(key))
    expect(answer).toBeFaultAt('/idempotency-key', 'invalid_length', 'header')
  })

  it('is refused where too much is kept already: known ones are answered, and writes without one are done', async () => {
    const bruno = await employee()
    const post = (key: string) => bruno.post('/v1/expenses', { amount: 1 }, keyed(key))
    for (const key of ['first', 'second']) await post(key)
    const isSecond = and(eq(idempotencyKeys.userId, bruno.user.id), eq(idempotencyKeys.key, 'second'))
    const keepBefore = (bytes: number) =>
      write(statements.update(idempotencyKeys).set({ keptBefore: bytes }).where(isSecond))
    await keepBefore(16 * 1024 * 1024)
    const refused = await post('third')
    expect(refused).toBeProblem('too_many_idempotency_keys')
    expect(refused.headers.get('Retry-After')).toBe('3600')
    expect(isReplayed(await post('first'))).toBe(true)
    expect((await bruno.post('/v1/expenses', { amount: 1 })).status).toBe(201)
    await keepBefore(16 * 1024 * 1024 - 1)
    expect((await post('third')).status).toBe(201)
    expect(await post('fourth')).toBeProblem('too_many_idempotency_keys')
  })

  it('keeps no more of a batch than the request does not tell', async () => {
    const bruno = await employee()
    const item = { amount: 5, currency: 'EUR', exchangeRate: '1.1', date: '2026-11-23', merchant: 'M'.repeat(120) }
    const put = Array.from({ length: 50 }, () => ({
      id: newId(),
      ...item,
      note: 'n'.repeat(500),
      tags: ['A', 'b', 'a'],
    }))
    const first = await bruno.post('/v1/expenses/batch', { put }, keyed('batch'))
    await bruno.post('/v1/expenses/batch', { delete: put.map(({ id }) => id) })
    const again = await bruno.post('/v1/expenses/batch', { put }, keyed('batch'))
    expect([again.status, again.body, isReplayed(again)]).toEqual([200, first.body, true])
    expect(first.body.put[49]).toMatchObject({ ...put[49], baseAmount: 6, tags: ['a', 'b'] })
    const [kept] = await select(
      statements.select().from(idempotencyKeys).where(eq(idempotencyKeys.userId, bruno.user.id)),
    )
    expect(kept?.rowsAfter.length).toBeLessThan(JSON.stringify(put).length / 5)
  })

  it('is not made up by the server: a POST without one whose answer is lost is a 503, and is done at most once', async () => {
    const bruno = await employee()
    const { settings, calls } = databaseThat('once-cut')
    expect(await bruno.at(settings).post('/v1/expenses', { amount: 9 })).toBeProblem('service_unavailable')
    expect(await calls()).toBe(1)
    expect((await bruno.get('/v1/expenses')).body.data).toHaveLength(1)
  })
})
