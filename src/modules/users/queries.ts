import { eq, getTableColumns, sql } from 'drizzle-orm'
import { compile, compileEach, type Params, type Statement, statements, toStatement } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { utcOffset } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { newId } from '../../shared/ids.ts'
import { companyLogins } from './company-login-table.ts'
import { type UserRow, users } from './table.ts'

type Owner = Pick<Actor, 'userId'>

/** A time zone and its current offset from UTC. */
const zone = (timeZone: string) => ({ timeZone, utcOffset: utcOffset(timeZone, now()) })

type NewUser = Pick<UserRow, 'username' | 'email' | 'passwordHash' | 'currency' | 'timeZone' | 'monthStartDay'>

/** The row of a user who registers now, and may have proved the address. Registering is the user's first revision. */
export const newUser = (user: NewUser, emailVerifiedAt: number | null = null) => ({
  ...user,
  ...zone(user.timeZone),
  id: newId(),
  emailVerifiedAt,
  companyLogins: [],
  createdAt: now(),
  revision: 1,
  settingsRevision: 1,
})

export const insertUser = (user: ReturnType<typeof newUser>) => toStatement(statements.insert(users).values(user))

/** A login of a company by which a user comes in, too. */
type CompanyLogin = Pick<typeof companyLogins.$inferSelect, 'issuer' | 'subject' | 'linkedAt'>

const selectLogins = sql<CompanyLogin[]>`(
  SELECT json_group_array(json_object('issuer', issuer, 'subject', subject, 'linkedAt', linked_at))
  FROM ${companyLogins} WHERE user_id = ${users.id})`

const { touchedLines, totalSpent, totalEarned, ...stored } = getTableColumns(users)

/** The columns that are read of a user: all but those for the bookkeeping of writes, and the logins of companies. */
export const userColumns = { ...stored, companyLogins: selectLogins.mapWith(JSON.parse) }

/** The row of a user with these columns. */
export type StoredUser = Omit<UserRow, 'touchedLines' | 'totalSpent' | 'totalEarned'> & {
  companyLogins: CompanyLogin[]
}

const selectUser = compile(({ userId }: Params<'userId'>) =>
  statements.select(userColumns).from(users).where(eq(users.id, userId)),
)

export const userOf = ({ userId }: Owner) => selectUser({ userId })

/** The revision of the actor's settings, for preconditions. */
export const settingsRevision = ({ userId }: Owner) => sql`(SELECT settings_revision FROM users WHERE id = ${userId})`

/** A user has two names to log in by. */
export type LoginName = 'email' | 'username'

/** Which of the two `login` is, and how it is compared. No username has an `@`. */
export const loginName = (login: string): { by: LoginName; name: string } => ({
  by: login.includes('@') ? 'email' : 'username',
  name: login.toLowerCase(),
})

const selectByLogin = compileEach(({ login }: Params<'login'>, by: LoginName) =>
  statements
    .select(userColumns)
    .from(users)
    .where(eq(sql`lower(${users[by]})`, login)),
)

/** The user whose username or e-mail address is `login`, ignoring case. */
export const userByLogin = (login: string) => {
  const { by, name } = loginName(login)
  return selectByLogin(by)({ login: name })
}

const setVerified = compile(
  ({ userId, now }: Params<'userId' | 'now'>) => sql`UPDATE users SET email_verified_at = ${now},
    revision = revision + 1, settings_revision = revision + 1 WHERE id = ${userId} AND email_verified_at IS NULL`,
)

/** Notes that mail to the user's address reaches them. */
export const verifyEmail = ({ userId }: Owner) => setVerified({ userId, now: now() })

/** Counts a change of what the user has: whatever the write changes gets the revision that is counted here. */
export const countChange = compile(
  ({ userId }: Params<'userId'>) => sql`UPDATE users SET revision = revision + 1 WHERE id = ${userId}`,
)

const setChanged = ({ userId }: Owner, { timeZone, ...patch }: Partial<NewUser>): Statement[] => {
  const set = { ...patch, ...(timeZone && zone(timeZone)) }
  const named = Object.entries(set).filter(([, value]) => value !== undefined)
  if (named.length === 0) return []
  const columns = getTableColumns(users)
  const isChanged = sql.join(
    named.map(([name, value]) => sql`${columns[name as keyof typeof columns]} IS NOT ${value}`),
    sql` OR `,
  )
  const update = statements
    .update(users)
    .set({ ...set, settingsRevision: sql`revision` })
    .where(sql`${users.id} = ${userId} AND (${isChanged})`)
  return [toStatement(update)]
}

/** Changes the members in the patch that differ, and then runs `consequences`. */
export const updateUser = (owner: Owner, patch: Partial<NewUser>, consequences: Statement[]) => ({
  write: [countChange({ userId: owner.userId }), ...setChanged(owner, patch), ...consequences],
})

/** Deletes the user and all that is theirs: every table refers to its user, and follows. */
export const deleteUser = ({ userId }: Owner) => toStatement(statements.delete(users).where(eq(users.id, userId)))

export const updatePasswordHash = ({ id }: Pick<UserRow, 'id'>, passwordHash: string) =>
  toStatement(statements.update(users).set({ passwordHash }).where(eq(users.id, id)))
