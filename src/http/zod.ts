import { z } from '@hono/zod-openapi'

// workerd cannot compile code at run time, so Zod must not try. This module is imported before any schema is created.
z.config({ jitless: true })
