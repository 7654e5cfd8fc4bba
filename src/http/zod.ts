import '@hono/zod-openapi'
import * as z from 'zod'
import { messageOf } from './messages.ts'

// This module is imported before any schema is created. zod-openapi lets schemas say `.openapi(…)`. workerd cannot compile
// code at run time, so Zod must not try.
z.config({ jitless: true, customError: messageOf })
