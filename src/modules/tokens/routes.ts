import { API_TOKEN_PREFIX } from '../../http/api-token.ts'
import { toPage } from '../../http/pagination.ts'
import { answer, body, createRouter, sessionRoute } from '../../http/router.ts'
import { IdParam } from '../../http/schema.ts'
import { now } from '../../shared/clock.ts'
import { newId } from '../../shared/ids.ts'
import { newSecret, toToken } from '../../shared/user-token.ts'
import { tokenNotFound, tokensFull } from './problems.ts'
import { insertToken, listTokens, placeOfToken, revokeToken } from './queries.ts'
import { CreatedToken, NewToken, TokenPage, TokenQuery, toApiToken } from './schema.ts'
import { toBits } from './scopes.ts'

const tags: [string] = ['Tokens']

const create = sessionRoute({
  method: 'post',
  path: '/v1/tokens',
  operationId: 'createToken',
  summary: 'Make an API token',
  description:
    'For scripts, which cannot log in and refresh. The `token` is told once, here. It has the form `olt_` and 55 letters ' +
    'and digits, of which the last six are a checksum, so that scanners of source code know it. An API token goes on after ' +
    'a change of the password: revoke it if you do not need it any more.',
  tags,
  request: { body: body(NewToken) },
  responses: { 201: answer('The API token, with what it is', CreatedToken) },
  problems: [tokensFull],
})

const list = sessionRoute({
  method: 'get',
  path: '/v1/tokens',
  operationId: 'listTokens',
  summary: 'List API tokens',
  description: 'Those that have not expired, newest first.',
  tags,
  request: { query: TokenQuery },
  responses: { 200: answer('A page of API tokens', TokenPage) },
})

const revoke = sessionRoute({
  method: 'delete',
  path: '/v1/tokens/{id}',
  operationId: 'revokeToken',
  summary: 'Revoke an API token',
  description: 'It is refused from the next call on.',
  tags,
  request: { params: IdParam },
  responses: { 204: { description: 'The API token is revoked' } },
  problems: [tokenNotFound],
})

export const tokensRoutes = createRouter()
  .openapi(create, async (c) => {
    const { userId } = c.var.actor
    const { name, scopes, expiresAt } = c.req.valid('json')
    const { secret, hash } = await newSecret()
    const row = {
      userId,
      id: newId(),
      name,
      hash,
      scopes: toBits(scopes),
      createdAt: now(),
      expiresAt,
      lastUsedOn: null,
    }
    await c.var.db.transaction(insertToken(row))
    return c.json({ ...toApiToken(row), token: toToken(API_TOKEN_PREFIX, userId, secret) }, 201)
  })
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const { tokens } = await c.var.db.read({ tokens: listTokens(c.var.actor, query) })
    return c.json(toPage(tokens, query.limit, toApiToken, placeOfToken), 200)
  })
  .openapi(revoke, async (c) => {
    await c.var.db.transaction(revokeToken(c.var.actor, c.req.valid('param').id))
    return c.body(null, 204)
  })
