import * as z from 'zod'

export const CompanyLoginRequest = z
  .strictObject({
    idToken: z.string().max(10_000).openapi({ description: 'What the issuer has answered as `id_token`' }),
    nonce: z.string().min(1).max(255).openapi({
      description: 'What the front end has made at random and sent to the issuer: the token must have it in it',
    }),
  })
  .openapi('CompanyLoginRequest')
