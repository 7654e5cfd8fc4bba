import type { Config } from '../../config.ts'
import type { Statement } from '../../db/statement.ts'
import type { Message } from '../../mail/message.ts'
import { newSecret, toToken } from '../../shared/user-token.ts'
import type { StoredUser } from '../users/queries.ts'
import { changeMail, proofMail } from './mail.ts'
import { askForProof } from './queries.ts'
import { recipientOf } from './recipients.ts'

type Recipient = Awaited<ReturnType<typeof recipientOf>>

type Proof = {
  write: Statement[]
  /** The mail with the link. */
  message: Message
} & Pick<Recipient, 'mayGetMore' | 'counted'>

/** What asks a user for a proof of an address. */
export const newProof = async (config: Config, userId: string, email: string): Promise<Proof> => {
  const { secret, hash } = await newSecret()
  const { count, ...bounds } = await recipientOf(config, email)
  return {
    ...bounds,
    write: [askForProof({ userId }, email, hash), count],
    message: proofMail(config, email, toToken('', userId, secret)),
  }
}

/**
 * What warns a user that their address is about to be another one. One that nobody has proved may be a stranger's, who is
 * not to be flooded by accounts that are made up with it: the mails to it are counted, and bounded.
 */
export const newWarning = async (
  config: Config,
  user: Pick<StoredUser, 'email' | 'emailVerifiedAt'>,
  email: string,
) => {
  const isOther = email.toLowerCase() !== user.email.toLowerCase()
  const isBounded = user.emailVerifiedAt === null
  const { count, counted } = await recipientOf(config, user.email)
  return {
    write: isOther && isBounded ? [count] : [],
    counted,
    /** The mail, if it may be sent: `counted` are the rows of that select. */
    messagesOf: (counted: unknown[]) =>
      isOther && !(isBounded && counted.length === 0) ? [changeMail(user.email)] : [],
  }
}
