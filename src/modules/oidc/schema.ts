import * as z from 'zod'
import { docs } from '../../http/schema.ts'

export const CompanyLoginRequest = z
  .strictObject({
    idToken: z.string().max(10_000).register(docs, { description: 'What the issuer has answered as `id_token`' }),
    nonce: z.string().min(1).max(255).register(docs, {
      description: 'What the front end has made at random and sent to the issuer: the token must have it in it',
    }),
  })
  .openapi('CompanyLoginRequest')
