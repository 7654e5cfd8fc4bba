import { expect } from 'vitest'
import type { Answer } from './api.ts'

type Place = { in: string; pointer: string; code?: string }

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** The answer is this problem, as a problem document that says so. */
    toBeProblem(code: string): R
    /** The answer is a 422 with a fault here. */
    toBeFaultAt(pointer: string, code?: string, where?: string): R
  }
}

expect.extend({
  toBeProblem({ status, headers, body }: Answer, code: string) {
    const pass =
      status >= 400 &&
      headers.get('Content-Type') === 'application/problem+json' &&
      body.code === code &&
      body.status === status &&
      body.type === `/problems/${code}` &&
      body.requestId === headers.get('X-Request-Id')
    return { pass, message: () => `expected the problem ${code}, got ${status} ${JSON.stringify(body)}` }
  },
  toBeFaultAt({ status, body }: Answer, pointer: string, code?: string, where = 'body') {
    const errors: Place[] = body?.errors ?? []
    const pass =
      status === 422 &&
      errors.some((fault) => fault.in === where && fault.pointer === pointer && (!code || fault.code === code))
    return { pass, message: () => `expected a fault at ${where} ${pointer}, got ${status} ${JSON.stringify(body)}` }
  },
})
