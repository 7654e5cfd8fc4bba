import { z } from '@hono/zod-openapi'

// workerd compiles no code at run time, so Zod need not try. Imported before any schema is made.
z.config({ jitless: true })
