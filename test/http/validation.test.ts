import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { answerProblem } from '../../src/http/errors.ts'
import { body, createRouter, publicRoute } from '../../src/http/router.ts'

describe('a request that is invalid in every part', () => {
  it('has each part validated once', async () => {
    const validated: string[] = []
    const invalid = (part: string) =>
      z.string().refine(() => {
        validated.push(part)
        return false
      })
    const route = publicRoute({
      method: 'post',
      path: '/{id}',
      operationId: 'try',
      summary: 'Try',
      tags: ['Tests'],
      request: {
        query: z.object({ q: invalid('query') }),
        params: z.object({ id: invalid('path') }),
        headers: z.object({ 'x-test': invalid('header') }),
        body: body(z.object({ amount: invalid('body') })),
      },
      responses: { 204: { description: 'Never' } },
    })
    const app = createRouter().openapi(route, (c) => c.body(null, 204))
    app.onError((error, c) => answerProblem(error, c))

    const headers = { 'Content-Type': 'application/json', 'X-Test': 'x' }
    const answer = await app.request('/1?q=x', { method: 'POST', headers, body: '{"amount":"x"}' })
    const { errors } = (await answer.json()) as { errors: { in: string }[] }
    expect(errors.map((fault) => fault.in)).toEqual(['query', 'path', 'header', 'body'])
    expect(validated).toEqual(['query', 'path', 'header', 'body'])
  })
})
