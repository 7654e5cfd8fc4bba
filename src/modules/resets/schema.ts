import * as z from 'zod'
import { NewPassword } from '../auth/schema.ts'
import { Email } from '../users/schema.ts'

export const ResetRequest = z.strictObject({ email: Email }).openapi('PasswordResetRequest')

export const Reset = z.strictObject({ newPassword: NewPassword }).openapi('PasswordReset')

/** It has no example, because /apidocs would send it. */
export const ResetParam = z.strictObject({
  token: z
    .string()
    .max(200)
    .openapi({ param: { name: 'token', in: 'path' }, description: 'What the link has behind `#token=`' }),
})
