import type { Config } from '../../config.ts'
import type { Statement } from '../../db/statement.ts'
import type { Message } from '../../mail/message.ts'

/** Makes the statement that gives a new user the default categories. Passed in, since those are a higher module. */
export type StartingPoint = (owner: { userId: string }) => Statement

/**
 * Makes what asks a new user to prove their address: `counted` has a row if the mail may be sent. Passed in, for the same
 * reason.
 */
export type AskForProof = (
  config: Config,
  userId: string,
  email: string,
) => Promise<{ write: Statement[]; counted: Statement; message: Message }>

/** Makes the statement that cancels a change of the address which waits for its proof. Passed in, for the same reason. */
export type CancelEmailChange = (owner: { userId: string }) => Statement
