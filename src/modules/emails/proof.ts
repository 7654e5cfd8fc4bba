import type { Config } from '../../config.ts'
import type { Statement } from '../../db/statement.ts'
import type { Message } from '../../mail/message.ts'
import { newSecret, toToken } from '../../shared/user-token.ts'
import { proofMail } from './mail.ts'
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
