import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, withoutVerdict } from '../support/api.ts'
import { type Operation, operations, somePath } from '../support/document.ts'
import { requestOf } from '../support/requests.ts'

const withId = operations.filter(({ path }) => /\{(id|target)\}/.test(path))
/** A PUT makes a resource of the caller's own, whoever else has one of this id. */
const isOwnId = ({ method, path }: Operation) => method === 'PUT' && path.includes('{id}')
const [puts, others] = [withId.filter(isOwnId), withId.filter((operation) => !isOwnId(operation))]

const whatIsSaid = ({ instance: _, requestId: __, ...rest }: Record<string, unknown>) => rest

describe("a colleague's resource", () => {
  let amina: Employee
  let bruno: Employee
  beforeAll(async () => {
    amina = await employee()
    bruno = await employee()
  })

  it.each(others)(
    'is to $operationId like one that never was, and stays as it is',
    async ({ operationId, method, path }) => {
      const prepared = await requestOf(operationId, amina)
      const stranger = await bruno.send(method, prepared.path, prepared.body)
      const nobody = await bruno.send(method, somePath(path), prepared.body)
      expect(stranger.status).toBe(404)
      expect(whatIsSaid(stranger.body)).toEqual(whatIsSaid(nobody.body))
      expect(await amina.send(method, prepared.path, prepared.body)).toMatchObject({
        status: expect.toSatisfy((s) => s < 300),
      })
    },
  )

  it.each(puts)('is left alone by $operationId, which makes one of its own', async ({ operationId }) => {
    const { path } = await requestOf(operationId, amina)
    const { body } = await requestOf(operationId, amina)
    const hers = await amina.put(path, body)
    const his = await bruno.put(path, body)
    expect(his.status).toBe(201)
    expect((await amina.get(path)).body).toEqual(withoutVerdict(hers.body))
    expect((await bruno.get(path)).body).toEqual(withoutVerdict(his.body))
    expect((await bruno.delete(path)).status).toBeLessThan(300)
    expect((await amina.get(path)).status).toBe(200)
  })

  it.each(['/v1/expenses', '/v1/incomes', '/v1/alerts', '/v1/months/2026-11/budgets', '/v1/auth/sessions'])(
    'is in no list of %s',
    async (path) => {
      const stranger = await employee()
      await amina.spends()
      await amina.earns()
      const { body } = await stranger.get(path)
      expect(body.data.filter(({ current }: { current?: boolean }) => !current)).toEqual([])
    },
  )
})
