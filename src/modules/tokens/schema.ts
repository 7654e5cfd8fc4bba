import * as z from 'zod'
import { SCOPES } from '../../http/api-token.ts'
import { pageOf, pageQuery } from '../../http/pagination.ts'
import { answerSchema, docs, Id, Instant, text } from '../../http/schema.ts'
import { now, toInstant } from '../../shared/clock.ts'
import type { ShownToken } from './queries.ts'
import { fromBits } from './scopes.ts'

/** How long an API token is good at most: a year, a leap year too. */
const MAX_LIFETIME_MS = 366 * 24 * 60 * 60 * 1000

const Name = text(1, 60, { description: 'What it is for. It is trimmed', example: 'Bank import' })

const ScopeName = z.enum(SCOPES).openapi('TokenScope')

const Scopes = z
  .array(ScopeName)
  .min(1)
  .max(SCOPES.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, {
    params: { code: 'duplicate' },
    message: 'Must name each scope once',
  })
  .register(docs, {
    description:
      'What it may be used for: `read` for every GET, `write` for every other operation, and `capture` only to record an ' +
      'expense by `POST /v1/expenses` and see what it does to the budgets. No scope is for passwords, sessions, API tokens, ' +
      'the settings, the export or the erasure of the account',
    uniqueItems: true,
    example: ['capture'],
  })

const ExpiresAt = z.iso
  .datetime({ abort: true })
  .transform((text) => Date.parse(text))
  .refine((at) => at > now() && at <= now() + MAX_LIFETIME_MS, {
    params: { code: 'out_of_range' },
    message: 'Must be in the future, and at most a year away',
  })
  .register(docs, {
    type: 'string',
    description: 'When it ends, RFC 3339 in UTC: in the future, not after the last day of a year from now',
    format: 'date-time',
    example: '2027-11-23T09:30:00.000Z',
  })

export const NewToken = z.strictObject({ name: Name, scopes: Scopes, expiresAt: ExpiresAt }).openapi('NewToken')

const members = () => ({
  id: Id,
  name: Name,
  scopes: z.array(ScopeName),
  createdAt: Instant,
  expiresAt: Instant.openapi({ description: 'When it ends' }),
  lastUsedOn: z.iso.date().nullable().register(docs, {
    description: 'The latest day (of UTC) on which it was used; null if never',
    example: '2026-11-23',
  }),
})

export const ApiToken = answerSchema(() =>
  z.object(members()).openapi('ApiToken', { description: 'A token with which a script may act for you' }),
)

export const CreatedToken = answerSchema(() =>
  z
    .object({
      ...members(),
      token: z.string().register(docs, {
        description: 'Send it as `Authorization: Bearer <token>`. Keep it: it is stored nowhere, and told only here',
        example: 'olt_01u4pGZ7zR2mL6qT9cVxK3bNdW8sHfJyEaQgXtUoPi5hMrDwC1k0JvYe2B',
      }),
    })
    .openapi('CreatedToken'),
)

export const TokenPage = pageOf(ApiToken, 'TokenPage')

export const TokenQuery = z.strictObject(pageQuery)

export const toApiToken = (row: ShownToken): z.infer<ReturnType<typeof ApiToken>> => ({
  id: row.id,
  name: row.name,
  scopes: fromBits(row.scopes),
  createdAt: toInstant(row.createdAt),
  expiresAt: toInstant(row.expiresAt),
  lastUsedOn: row.lastUsedOn,
})
