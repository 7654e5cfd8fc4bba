import type { Statement } from '../../db/client.ts'
import type { ProblemError } from '../../shared/problem.ts'
import { updatePasswordHash } from '../users/queries.ts'
import type { UserRow } from '../users/table.ts'
import { hashPassword, isOutdated, verifyPassword } from './password.ts'

/** Whether a password is the username or the e-mail address, whatever the case. */
export const isNameOf = ({ username, email }: Pick<UserRow, 'username' | 'email'>, password: string): boolean =>
  [username, email].some((name) => name.toLowerCase() === password.toLowerCase())

/** The user, if there is one and the password is theirs. Throws `refusal` for either, after the same time. */
export const verify = async (
  user: UserRow | undefined,
  password: string,
  refusal: () => ProblemError,
): Promise<UserRow> => {
  const verified = await verifyPassword(password, user?.passwordHash)
  if (!user || !verified) throw refusal()
  return user
}

/** The statement that stores the password at today's cost, where it was stored at another one. */
export const renewHash = async (user: UserRow, password: string): Promise<Statement[]> =>
  isOutdated(user.passwordHash) ? [updatePasswordHash(user, await hashPassword(password))] : []
