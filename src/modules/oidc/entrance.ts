import type { Database } from '../../db/database.ts'
import { ConstraintError } from '../../db/errors.ts'
import type { Guard } from '../../db/guard.ts'
import type { Statement } from '../../db/statement.ts'
import { now } from '../../shared/clock.ts'
import { hashOfNobody } from '../auth/password.ts'
import type { StartingPoint } from '../auth/registration.ts'
import { insertSession, newSession, pruneSessions } from '../sessions/queries.ts'
import type { SessionRow } from '../sessions/table.ts'
import { insertUser, newUser, type StoredUser, userOf } from '../users/queries.ts'
import type { Identity } from './id-token.ts'
import { companyLoginUnlinked, invalidIdToken } from './problems.ts'
import { addressIsProved, countLink, insertLink, isLinked, usersNear } from './queries.ts'
import { distinctUsername, usernameOf } from './username.ts'

/** How often a first login is tried again that another one has got ahead of. */
const MAX_RETRIES = 3

/** What lets a user in, and whether it makes them one. */
type Entrance = { userId: string; guards: Guard[]; write: Statement[]; isNew: boolean }

/** Lets in the user who has the address of this identity. Throws companyLoginUnlinked where they may not be linked. */
const linking = (user: StoredUser, identity: Identity): Entrance => {
  const hasAnother = user.companyLogins.some(({ issuer }) => issuer === identity.issuer)
  if (!identity.isProved || user.emailVerifiedAt === null || hasAnother) throw companyLoginUnlinked()
  const write = [insertLink(user.id, identity), countLink({ userId: user.id })]
  return { userId: user.id, guards: [addressIsProved(user)], write, isNew: false }
}

/** Registers a user with this identity. */
const registering = (identity: Identity, username: string, insertStartingPoint: StartingPoint): Entrance => {
  if (!identity.isProved) throw invalidIdToken({ cause: { reason: 'email_verified' } })
  const settings = { currency: 'USD', timeZone: 'UTC', monthStartDay: 1 }
  const user = newUser({ username, email: identity.email, passwordHash: hashOfNobody(), ...settings }, now())
  const start = insertStartingPoint({ userId: user.id })
  return { userId: user.id, guards: [], write: [insertUser(user), start, insertLink(user.id, identity)], isNew: true }
}

const entranceOf = async (db: Database, identity: Identity, start: StartingPoint): Promise<Entrance> => {
  const username = usernameOf(identity.email)
  const { linked, holder, namesake } = await db.read(usersNear(identity, username))
  const [known] = linked
  if (known) return { userId: known.id, guards: [isLinked(known, identity)], write: [], isNew: false }
  if (holder[0]) return linking(holder[0], identity)
  return registering(identity, namesake[0] ? distinctUsername(username) : username, start)
}

type Entered = { session: SessionRow; user: StoredUser; isNew: boolean }

const attempt = async (
  db: Database,
  identity: Identity,
  userAgent: string | undefined,
  start: StartingPoint,
): Promise<Entered> => {
  const { userId, guards, write, isNew } = await entranceOf(db, identity, start)
  const session = newSession(userId, userAgent)
  const { found } = await db.transaction({
    guards,
    write: [...write, insertSession(session), ...pruneSessions(userId)],
    after: { found: userOf({ userId }) },
  })
  return { session, user: found[0] ?? companyLoginUnlinked.raise(), isNew }
}

/**
 * Starts a session for an identity: of the user who is linked to it; of one who has its address, whom it links; or of a new
 * one. Takes two round trips. Throws companyLoginUnlinked and, where nobody could be registered, invalidIdToken.
 */
export const enter = async (...args: Parameters<typeof attempt>): Promise<Entered> => {
  for (let retries = 0; ; retries++) {
    try {
      return await attempt(...args)
    } catch (error) {
      // Of first logins at once, the later ones find what the first has made: the identity, the address or the username.
      if (!(error instanceof ConstraintError) || retries === MAX_RETRIES) throw error
    }
  }
}
