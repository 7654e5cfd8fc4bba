import { z } from '@hono/zod-openapi'
import { rawText } from '../../http/schema.ts'

/** How a client says which request it repeats. */
export const IdempotencyHeaders = z.object({
  'idempotency-key': rawText(1, 255, {
    description:
      'Any text of your own, a new one for each thing to create. Sent again within 7 days, with the same body, it ' +
      'creates nothing and gets the first answer, with `Idempotency-Replayed: true`',
    example: undefined,
  }).optional(),
})
