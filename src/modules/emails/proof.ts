import type { Config } from '../../config.ts'
import type { Message } from '../../mail/message.ts'
import { newSecret, toToken } from '../../shared/user-token.ts'
import { proofMail } from './mail.ts'
import { askForProof } from './queries.ts'

type Proof = { write: ReturnType<typeof askForProof>; message: Message }

/** What asks a user for a proof of an address: the statement, and the mail with the link. */
export const newProof = async (config: Config, userId: string, email: string): Promise<Proof> => {
  const { secret, hash } = await newSecret()
  return {
    write: askForProof({ userId }, email, hash),
    message: proofMail(config, email, toToken('', userId, secret)),
  }
}
