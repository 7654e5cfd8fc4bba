import * as z from 'zod'
import { Email, TriedPassword } from '../users/schema.ts'

export const EmailProof = z
  .strictObject({ token: z.string().max(200).openapi({ description: 'What the link has behind `#token=`' }) })
  .openapi('EmailProof')

export const EmailChange = z.strictObject({ email: Email, password: TriedPassword }).openapi('EmailChange')
