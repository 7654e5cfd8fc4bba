import { sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, type Statement, statements, toStatement } from '../../db/statement.ts'
import { now } from '../../shared/clock.ts'
import { companyLogins } from '../users/company-login-table.ts'
import { type StoredUser, userByLogin, userColumns } from '../users/queries.ts'
import { users } from '../users/table.ts'
import type { Identity } from './id-token.ts'
import { companyLoginUnlinked } from './problems.ts'

type Key = Params<'issuer' | 'subject'>

const selectLinked = compile(({ issuer, subject }: Key) =>
  statements
    .select(userColumns)
    .from(companyLogins)
    .innerJoin(users, sql`${users.id} = ${companyLogins.userId}`)
    .where(sql`${companyLogins.issuer} = ${issuer} AND ${companyLogins.subject} = ${subject}`),
)

/** The user who is linked to this identity, the one who has its address, and the one who has the username. */
export const usersNear = ({ issuer, subject, email }: Identity, username: string) => ({
  linked: selectLinked({ issuer, subject }),
  holder: userByLogin(email),
  namesake: userByLogin(username),
})

const requireLink = compile(({ userId, issuer, subject }: Key & Params<'userId'>) =>
  requires(sql`EXISTS (SELECT 1 FROM company_logins
    WHERE issuer = ${issuer} AND subject = ${subject} AND user_id = ${userId})`),
)

/** Requires that the user is linked to this identity. */
export const isLinked = ({ id }: Pick<StoredUser, 'id'>, { issuer, subject }: Identity): Guard => ({
  statement: requireLink({ userId: id, issuer, subject }),
  problem: () => companyLoginUnlinked(),
})

const requireProof = compile(({ userId, email }: Params<'userId' | 'email'>) =>
  requires(sql`EXISTS (SELECT 1 FROM users
    WHERE id = ${userId} AND email = ${email} AND email_verified_at IS NOT NULL)`),
)

/** Requires that the user still has the address that they had, and has proved it. */
export const addressIsProved = ({ id, email }: Pick<StoredUser, 'id' | 'email'>): Guard => ({
  statement: requireProof({ userId: id, email }),
  problem: () => companyLoginUnlinked(),
})

/** Links a user to an identity. Throws ConstraintError where either is linked already. */
export const insertLink = (userId: string, { issuer, subject }: Identity): Statement =>
  toStatement(statements.insert(companyLogins).values({ userId, issuer, subject, linkedAt: now() }))

/** Notes that what the account shows has changed. */
export const countLink = compile(
  ({ userId }: Params<'userId'>) =>
    sql`UPDATE users SET revision = revision + 1, settings_revision = revision + 1 WHERE id = ${userId}`,
)
