import type { Guard } from '../../db/guard.ts'
import type { Statement } from '../../db/statement.ts'
import type { UserEnv } from '../../http/context.ts'
import { count } from '../../http/rate-limit.ts'
import type { ProblemError } from '../../shared/problem.ts'
import { type StoredUser, updatePasswordHash, userOf } from '../users/queries.ts'
import { type InTurn, withHashingSlot } from './hashing-slots.ts'
import { hashPassword, isOutdated, verifyPassword } from './password.ts'
import { wrongPassword } from './problems.ts'
import { passwordUnchanged } from './queries.ts'

/** Whether a password is the username or the e-mail address, ignoring case. */
export const isNameOf = ({ username, email }: Pick<StoredUser, 'username' | 'email'>, password: string): boolean =>
  [username, email].some((name) => name.toLowerCase() === password.toLowerCase())

/** The user, if the password is theirs. Throws `refusal` for no user and for a wrong password, after the same time. */
export const verify = async (
  inTurn: InTurn,
  user: StoredUser | undefined,
  password: string,
  refusal: () => ProblemError,
): Promise<StoredUser> => {
  const verified = await verifyPassword(inTurn, password, user?.passwordHash)
  if (!user || !verified) throw refusal()
  return user
}

type Caller = Pick<UserEnv['Variables'], 'config' | 'db' | 'actor'>

/** The user who is logged in, if the password is theirs. Throws `refusal`. */
export const verifyOwn = async (
  { db, actor }: Caller,
  inTurn: InTurn,
  password: string,
  refusal = wrongPassword,
): Promise<StoredUser> => {
  const { found } = await db.read({ found: userOf(actor) })
  return verify(inTurn, found[0], password, refusal)
}

/** The guards of a write that needs the user's password. Throws wrongPassword, and tooManyRequests over the quota. */
export const confirmPassword = async (caller: Caller, password: string): Promise<Guard[]> => {
  await count(caller.config, 'passwordChecks', caller.actor.userId)
  const user = await withHashingSlot((inTurn) => verifyOwn(caller, inTurn, password))
  return [passwordUnchanged(user, wrongPassword)]
}

/** The statement that hashes the password at the current cost; none if it already is. */
export const renewHash = async (inTurn: InTurn, user: StoredUser, password: string): Promise<Statement[]> =>
  isOutdated(user.passwordHash) ? [updatePasswordHash(user, await hashPassword(inTurn, password))] : []
