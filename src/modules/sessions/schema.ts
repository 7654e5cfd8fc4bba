import * as z from 'zod'
import { pageOf, pageQuery } from '../../http/pagination.ts'
import { answerSchema, docs, Id, Instant } from '../../http/schema.ts'
import { toInstant } from '../../shared/clock.ts'
import type { SessionRow } from './table.ts'

export const ActiveSession = answerSchema(() =>
  z
    .object({
      id: Id,
      userAgent: z.string().nullable().register(docs, {
        description: 'The `User-Agent` that the client sent when it logged in',
        example: 'Firefox/150',
      }),
      current: z.boolean().register(docs, { description: 'Whether it is the session of this request', example: true }),
      createdAt: Instant.openapi({ description: 'When the user logged in' }),
      refreshedAt: Instant.openapi({ description: 'When its tokens were last refreshed' }),
      expiresAt: Instant.openapi({ description: 'When the session ends, unless it is refreshed before' }),
    })
    .openapi('ActiveSession', { description: 'A device or program on which you are logged in' }),
)

export const SessionPage = pageOf(ActiveSession, 'SessionPage')

export const SessionQuery = z.strictObject(pageQuery)

export const toActiveSession =
  (currentId: string) =>
  (row: SessionRow): z.infer<ReturnType<typeof ActiveSession>> => ({
    id: row.id,
    userAgent: row.userAgent,
    current: row.id === currentId,
    createdAt: toInstant(row.createdAt),
    refreshedAt: toInstant(row.refreshedAt),
    expiresAt: toInstant(row.expiresAt),
  })
