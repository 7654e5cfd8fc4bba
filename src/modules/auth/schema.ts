import * as z from 'zod'
import { answerSchema, docs, rawText } from '../../http/schema.ts'
import { Email, settings, TriedPassword, User, Username } from '../users/schema.ts'
import { isCommonPassword } from './common-passwords.ts'
import { isNameOf } from './credentials.ts'

export const NewPassword = rawText(8, 128)
  .refine(async (password) => !(await isCommonPassword(password)), {
    params: { code: 'common_password' },
    message: 'Must not be a common password',
  })
  .register(docs, {
    description: '8 to 128 characters of any kind. Not a common password, the username or the e-mail address',
    example: 'correct horse battery staple',
  })

export const Registration = z
  .strictObject({
    username: Username,
    email: Email,
    password: NewPassword,
    currency: settings.currency.default('USD'),
    timeZone: settings.timeZone.default('UTC'),
    monthStartDay: settings.monthStartDay.default(1),
  })
  .superRefine((user, context) => {
    if (!isNameOf(user, user.password)) return
    const message = 'Must not be the username or the e-mail address'
    context.addIssue({ code: 'custom', path: ['password'], params: { code: 'password_is_name' }, message })
  })
  .openapi('Registration', {
    example: {
      username: 'amina',
      email: 'amina@example.com',
      password: 'correct horse battery staple',
      currency: 'USD',
      timeZone: 'America/New_York',
      monthStartDay: 1,
    },
  })

export const Credentials = z
  .strictObject({
    username: rawText(1, 254, { description: 'The username or the e-mail address', example: 'amina' }),
    password: TriedPassword,
  })
  .openapi('Credentials')

export const RefreshRequest = z.strictObject({ refreshToken: z.string().max(2000) }).openapi('RefreshRequest')

export const PasswordChange = z
  .strictObject({ currentPassword: TriedPassword, newPassword: NewPassword })
  .openapi('PasswordChange')

export const Session = answerSchema(() =>
  z
    .object({
      accessToken: z.string().register(docs, { description: 'Send it as `Authorization: Bearer <token>`' }),
      tokenType: z.literal('Bearer'),
      expiresIn: z.int().register(docs, { description: 'Seconds until the access token expires', example: 600 }),
      refreshToken: z.string().register(docs, { description: 'Send it to `POST /v1/auth/refresh` to get new tokens' }),
      refreshExpiresIn: z
        .int()
        .register(docs, { description: 'Seconds until the refresh token expires', example: 2592000 }),
      user: User(),
    })
    .openapi('Session'),
)
