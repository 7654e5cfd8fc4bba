import { z } from '@hono/zod-openapi'
import { IfMatch, IfNoneMatch } from '../../http/preconditions.ts'
import { rawText } from '../../http/schema.ts'

/** How a client says which request it repeats. */
export const IdempotencyHeaders = z.object({
  'idempotency-key': rawText(1, 255, {
    description:
      'Any text of your own, a new one for each write. The same request with the same key, within 7 days, does ' +
      'nothing and gets the first answer, with `Idempotency-Replayed: true`',
    example: undefined,
  }).optional(),
})

/** What a PATCH and a DELETE may say. */
export const Preconditions = z.object({ ...IdempotencyHeaders.shape, ...IfMatch })

/** What a PUT may say. */
export const PutPreconditions = z.object({ ...IdempotencyHeaders.shape, ...IfMatch, ...IfNoneMatch })
