import * as z from 'zod'
import { describe, notFound } from '../../http/problems.ts'
import { answer, createRouter, publicRoute } from '../../http/router.ts'
import { answerSchema, docs } from '../../http/schema.ts'
import { allProblems } from '../../shared/problem.ts'

const tags: [string] = ['Problems']

const ProblemType = answerSchema(() =>
  z
    .object({
      type: z.string().register(docs, { format: 'uri-reference', example: '/problems/expense_not_found' }),
      code: z.string().register(docs, { example: 'expense_not_found' }),
      status: z.int().register(docs, { example: 404 }),
      title: z.string().register(docs, { example: 'Expense not found' }),
      detail: z.string().register(docs, { example: 'You have no expense with this id.' }),
    })
    .openapi('ProblemType', { description: 'What is the same whenever this problem occurs' }),
)

const ProblemTypeList = answerSchema(() => z.object({ data: z.array(ProblemType()) }).openapi('ProblemTypeList'))

const list = publicRoute({
  method: 'get',
  path: '/problems',
  operationId: 'listProblems',
  summary: 'List every problem that the API can answer with',
  tags,
  responses: { 200: answer('Every problem, sorted by code', ProblemTypeList) },
})

const get = publicRoute({
  method: 'get',
  path: '/problems/{code}',
  operationId: 'getProblem',
  summary: 'Get a problem',
  description: 'The `type` of a problem document is a link to this.',
  tags,
  request: {
    params: z.strictObject({
      code: z.string().register(docs, { param: { name: 'code', in: 'path' }, example: 'expense_not_found' }),
    }),
  },
  responses: { 200: answer('The problem', ProblemType) },
  problems: [notFound],
})

export const problemsRoutes = createRouter()
  .openapi(list, (c) => c.json({ data: allProblems().map(describe) }, 200))
  .openapi(get, (c) => {
    const problem = allProblems().find(({ code }) => code === c.req.valid('param').code)
    return c.json(describe(problem ?? notFound.raise()), 200)
  })
