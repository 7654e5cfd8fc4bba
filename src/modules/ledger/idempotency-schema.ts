import * as z from 'zod'
import { IfMatch, IfNoneMatch } from '../../http/preconditions.ts'
import { rawText } from '../../http/schema.ts'

/** The header with which a client marks a write, so that resending it is safe. */
export const IdempotencyHeaders = z.object({
  'idempotency-key': rawText(1, 255, {
    description:
      'A text of your own, new for each write. The same request with the same key, sent again within 7 days, writes ' +
      'nothing: it gets the first answer again, with `Idempotency-Replayed: true`. A refused write keeps no key',
    example: undefined,
  }).optional(),
})

/** The headers of a PATCH or a DELETE. */
export const Preconditions = z.object({ ...IdempotencyHeaders.shape, ...IfMatch })

/** The headers of a PUT. */
export const PutPreconditions = z.object({ ...IdempotencyHeaders.shape, ...IfMatch, ...IfNoneMatch })
