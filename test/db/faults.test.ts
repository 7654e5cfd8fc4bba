import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type Caller, type Employee, employee, importOf, newId, newName } from '../support/api.ts'
import { databaseThat } from '../support/proxied.ts'
import type { Fault } from '../support/proxy.ts'

type Write = { method: string; path: string; body?: object }

const date = '2026-11-01'
let limit = 0
const budget = '/v1/months/2026-11/budgets/overall'

/** A write of each kind, to something of the owner's that it prepares. */
const writes: [string, (owner: Employee) => Promise<Write>][] = [
  ['createExpense', async () => ({ method: 'POST', path: '/v1/expenses', body: { amount: 90, date } })],
  ['createIncome', async () => ({ method: 'POST', path: '/v1/incomes', body: { amount: 90, date } })],
  ['createCategory', async () => ({ method: 'POST', path: '/v1/categories', body: { name: newName() } })],
  [
    'batchExpenses',
    async (o) => ({
      method: 'POST',
      path: '/v1/expenses/batch',
      body: { put: [{ id: newId(), amount: 90, date }], delete: [(await o.spends()).id] },
    }),
  ],
  [
    'batchIncomes',
    async () => ({ method: 'POST', path: '/v1/incomes/batch', body: { put: [{ id: newId(), amount: 90, date }] } }),
  ],
  ['putExpense', async () => ({ method: 'PUT', path: `/v1/expenses/${newId()}`, body: { amount: 90, date } })],
  ['putIncome', async () => ({ method: 'PUT', path: `/v1/incomes/${newId()}`, body: { amount: 90, date } })],
  ['putCategory', async () => ({ method: 'PUT', path: `/v1/categories/${newId()}`, body: { name: newName() } })],
  ['putBudget', async () => ({ method: 'PUT', path: budget, body: { limit: ++limit } })],
  [
    'updateExpense',
    async (o) => ({ method: 'PATCH', path: `/v1/expenses/${(await o.spends()).id}`, body: { amount: 5 } }),
  ],
  [
    'updateIncome',
    async (o) => ({ method: 'PATCH', path: `/v1/incomes/${(await o.earns()).id}`, body: { amount: 5 } }),
  ],
  [
    'updateCategory',
    async (o) => ({
      method: 'PATCH',
      path: `/v1/categories/${(await o.sorts()).id}`,
      body: { name: newName() },
    }),
  ],
  ['updateMe', async () => ({ method: 'PATCH', path: '/v1/users/me', body: { monthStartDay: (++limit % 28) + 1 } })],
  ['deleteExpense', async (o) => ({ method: 'DELETE', path: `/v1/expenses/${(await o.spends()).id}` })],
  ['deleteIncome', async (o) => ({ method: 'DELETE', path: `/v1/incomes/${(await o.earns()).id}` })],
  ['deleteCategory', async (o) => ({ method: 'DELETE', path: `/v1/categories/${(await o.sorts()).id}` })],
  [
    'deleteBudget',
    async (o) => ({
      method: 'DELETE',
      path: `${await o.limits('overall', { limit: 9, scope: 'month' })}?scope=month`,
    }),
  ],
  [
    'restoreExpense',
    async (o) => ({ method: 'POST', path: `/v1/expenses/${await o.deletes('/v1/expenses')}/restore` }),
  ],
  [
    'createImport',
    async () => ({
      method: 'POST',
      path: '/v1/imports',
      body: importOf([1, 2, 3].map(() => `${date},-0.90,${newId()}`).join('\n')),
    }),
  ],
  ['takeBackImport', async (o) => ({ method: 'DELETE', path: `/v1/imports/${(await o.imports()).id}` })],
  ['restoreIncome', async (o) => ({ method: 'POST', path: `/v1/incomes/${await o.deletes('/v1/incomes')}/restore` })],
]
const faults: Fault[] = ['drop', 'cut', 'truncate', 'delay', 'bad-gateway', 'busy']

/** Where to see what is written at a path that is no list itself. */
const LISTS: Record<string, string> = { '/v1/months': '/v1/months/2026-11/budgets', '/v1/imports': '/v1/expenses' }

/** What a write at `path` can change, but for the times that a repetition may renew. */
const stateOf = async (owner: Employee, path: string) => {
  const [list = ''] = /^\/v1\/\w+(\/me)?/.exec(path) ?? []
  const paths = ['/v1/months/2026-11', LISTS[list] ?? list]
  const bodies = await Promise.all(paths.map(async (path) => (await owner.get(path)).body))
  return JSON.stringify(bodies, (member, value) => (member === 'updatedAt' ? undefined : value))
}

const isDone = ({ status }: Answer) => status < 300

describe.each(writes)('%s', (operationId, prepare) => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
    await amina.limits('overall', { limit: 100 }, '2026-10')
  })

  it.each(faults)('is done once, and truly answered, where the way to the database fails once: %s', async (fault) => {
    // One user may import only so often.
    if (operationId.endsWith('Import')) amina = await employee()
    const { method, path, body } = await prepare(amina)
    const before = await stateOf(amina, path)
    const headers: Record<string, string> = method === 'POST' ? { 'Idempotency-Key': newId() } : {}
    const send = (caller: Caller) => caller.send(method, path, body, { headers })

    const first = await send(amina.at(databaseThat(`once-${fault}`).settings))
    const afterFirst = await stateOf(amina, path)
    const again = await send(amina)
    const done = await stateOf(amina, path)
    // What has been done before, another deletion does not find.
    expect(isDone(again) || (method === 'DELETE' && again.status === 404)).toBe(true)
    expect(done).not.toBe(before)
    if (isDone(first)) expect(afterFirst).toBe(done)
    else {
      expect(first).toBeProblem('service_unavailable')
      expect([before, done]).toContain(afterFirst)
    }
    if (method === 'POST' && !operationId.startsWith('restore')) expect(isDone(first)).toBe(true)
  })
})
