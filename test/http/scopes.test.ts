import { beforeAll, describe, expect, it } from 'vitest'
import { SCOPES } from '../../src/http/api-token.ts'
import { type Caller, employee } from '../support/api.ts'
import { type Operation, operations } from '../support/document.ts'
import { requestOf } from '../support/requests.ts'

/** The scopes of which the document says that the operation needs one. */
const scopesOf = ({ security }: Operation) =>
  security.flatMap((scheme) => ('apiToken' in scheme ? (scheme.apiToken as string[]) : []))

const guarded = operations.filter(({ security }) => security.length > 0)
const of = (scope: string) => guarded.filter((operation) => scopesOf(operation).includes(scope))
const idsOf = (some: Operation[]) => some.map(({ operationId }) => operationId)

/** An employee with a script of each scope. */
const withScripts = async () => {
  const owner = await employee()
  const scripts = new Map<string, Caller>()
  for (const scope of SCOPES) scripts.set(scope, await owner.script(scope))
  return { owner, scripts }
}

describe('an API token', () => {
  let shared: Awaited<ReturnType<typeof withScripts>>
  beforeAll(async () => {
    shared = await withScripts()
  })

  it('is for no operation on passwords, sessions, API tokens or the account, whatever its scopes', () => {
    const forNone = guarded.filter((operation) => scopesOf(operation).length === 0)
    expect(idsOf(forNone).sort()).toEqual([
      'changeEmail',
      'changePassword',
      'createToken',
      'eraseMe',
      'exportMe',
      'listSessions',
      'listTokens',
      'logout',
      'proveEmail',
      'revokeOtherSessions',
      'revokeSession',
      'revokeToken',
      'updateMe',
    ])
  })

  it('reads by every GET, writes by all else, and captures by one operation', () => {
    expect(idsOf(of('capture'))).toEqual(['createExpense'])
    for (const { method } of of('read')) expect(method).toBe('GET')
    for (const { method } of of('write')) expect(method).not.toBe('GET')
  })

  it.each(guarded)('does on $operationId what its scope is for, and nothing else', async (operation) => {
    const { operationId, method, tags } = operation
    const allowed = scopesOf(operation)
    // One user may import only so often.
    const { owner, scripts } = tags[0] === 'Imports' ? await withScripts() : shared
    const { path, body } = await requestOf(operationId, owner)
    for (const scope of SCOPES.filter((one) => !allowed.includes(one))) {
      const answer = await scripts.get(scope)?.send(method, path, body)
      expect(answer).toBeProblem('insufficient_scope')
      const named = allowed.length > 0 ? `, scope="${allowed.join(' ')}"` : ''
      const challenge = `Bearer realm="outlay", error="insufficient_scope"${named}`
      expect(answer?.headers.get('WWW-Authenticate')).toBe(challenge)
    }
    for (const scope of allowed) {
      const request = await requestOf(operationId, owner)
      const answer = await scripts.get(scope)?.send(method, request.path, request.body)
      expect(answer?.status).toBeLessThan(300)
    }
  })
})
