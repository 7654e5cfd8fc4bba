import type { Statement } from '../../db/statement.ts'
import type { ProblemError } from '../../shared/problem.ts'
import { type StoredUser, updatePasswordHash } from '../users/queries.ts'
import { hashPassword, isOutdated, verifyPassword } from './password.ts'
import type { InTurn } from './turns.ts'

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

/** The statement that hashes the password at the current cost; none if it already is. */
export const renewHash = async (inTurn: InTurn, user: StoredUser, password: string): Promise<Statement[]> =>
  isOutdated(user.passwordHash) ? [updatePasswordHash(user, await hashPassword(inTurn, password))] : []
