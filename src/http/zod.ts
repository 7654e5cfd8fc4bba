import { z } from '@hono/zod-openapi'
import { messageOf } from './messages.ts'

// workerd cannot compile code at run time, so Zod must not try. This module is imported before any schema is created.
z.config({ jitless: true, customError: messageOf })
