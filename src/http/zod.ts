import '@hono/zod-openapi'
import * as z from 'zod'
import { messageOf } from './messages.ts'

// Imported before any schema is created, like what lets schemas say `.openapi(…)`. workerd cannot compile code at run time,
// so Zod must not try.
z.config({ jitless: true, customError: messageOf })
