import * as z from 'zod'
import { answerSchema, Currency, docs, Id, Instant, MonthStartDay, rawText } from '../../http/schema.ts'
import { toInstant } from '../../shared/clock.ts'
import type { StoredUser } from './queries.ts'
import { ianaName } from './time-zone.ts'

export const Username = z
  .string()
  .regex(/^[A-Za-z0-9._-]{3,32}$/, 'Must be 3 to 32 letters, digits, ".", "_" or "-"')
  .register(docs, { description: 'Unique, ignoring case', example: 'amina' })

export const Email = z.email().max(254).register(docs, {
  description: 'Unique, ignoring case',
  pattern: z.regexes.email.source,
  example: 'amina@example.com',
})

const TimeZone = z
  .string()
  .check(async (context) => {
    const name = await ianaName(context.value)
    if (name !== undefined) context.value = name
    else
      context.issues.push({
        code: 'custom',
        input: context.value,
        params: { code: 'unknown_time_zone' },
        message: 'Must be a time zone of the IANA database',
      })
  })
  .register(docs, {
    description: 'A time zone of the IANA database, in any case; stored as the database spells it',
    example: 'Europe/Paris',
  })

/** The settings of a user. */
export const settings = { currency: Currency, timeZone: TimeZone, monthStartDay: MonthStartDay }

const EmailVerifiedAt = Instant.nullable().openapi({
  description: 'When you have shown that mail to the address reaches you; null if you have not',
})

const CompanyLogin = z
  .object({
    issuer: z.string().openapi({ example: 'https://login.company.example' }),
    subject: z.string().openapi({ description: 'What the issuer calls you', example: '248289761001' }),
    linkedAt: Instant,
  })
  .openapi('CompanyLogin')

const CompanyLogins = z
  .array(CompanyLogin)
  .openapi({ description: 'The logins of companies by which you come in, too: see `POST /v1/auth/oidc`' })

export const User = answerSchema(() =>
  z
    .object({
      id: Id,
      username: Username,
      email: Email,
      emailVerifiedAt: EmailVerifiedAt,
      companyLogins: CompanyLogins,
      ...settings,
      createdAt: Instant,
    })
    .openapi('User', { description: 'A user and their settings' }),
)

/** The user in the answer to a change of their settings. */
export const ChangedUser = answerSchema(() =>
  z
    .object({
      ...User().shape,
      pastMonthsChanged: z.boolean().register(docs, {
        description: 'Whether a new `monthStartDay` has cut all months anew, past ones and their figures included',
        example: true,
      }),
    })
    .openapi('ChangedUser'),
)

export const toUser = (
  row: Pick<
    StoredUser,
    | 'id'
    | 'username'
    | 'email'
    | 'emailVerifiedAt'
    | 'companyLogins'
    | 'currency'
    | 'timeZone'
    | 'monthStartDay'
    | 'createdAt'
  >,
): z.infer<ReturnType<typeof User>> => ({
  id: row.id,
  username: row.username,
  email: row.email,
  emailVerifiedAt: row.emailVerifiedAt === null ? null : toInstant(row.emailVerifiedAt),
  companyLogins: row.companyLogins.map((login) => ({ ...login, linkedAt: toInstant(login.linkedAt) })),
  currency: row.currency,
  timeZone: row.timeZone,
  monthStartDay: row.monthStartDay,
  createdAt: toInstant(row.createdAt),
})

/** A password to be compared with the stored one. */
export const TriedPassword = rawText(1, 128, { example: 'correct horse battery staple' })

const CurrentPassword = rawText(1, 128, { description: 'Required if `username` is there' })

const needsPassword = ['currentPassword']

export const UserPatch = z
  .strictObject({ username: Username, ...settings, currentPassword: CurrentPassword })
  .partial()
  .superRefine(({ username, currentPassword }, context) => {
    if (username === undefined || currentPassword !== undefined) return
    const message = 'Must be there to change the username'
    context.addIssue({ code: 'custom', path: needsPassword, params: { code: 'required' }, message })
  })
  .openapi('UserPatch', {
    // Of JSON Schema 2020-12: the library types those of OpenAPI 3.0.
    ...({ dependentRequired: { username: needsPassword } } as object),
    example: { timeZone: 'Europe/Paris', monthStartDay: 25 },
  })
