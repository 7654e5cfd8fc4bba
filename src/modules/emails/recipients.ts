import { sql } from 'drizzle-orm'
import type { Config } from '../../config.ts'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, type Statement, statements } from '../../db/statement.ts'
import { now } from '../../shared/clock.ts'
import { digestOfName } from '../auth/name-digest.ts'
import { PERIOD_MS, tooManySince } from './problems.ts'
import { mailRecipients } from './recipient-table.ts'

/** How many mails an address gets in an hour, whoever causes them: one user alone can cause five. */
const MAX_MAILS = 10

type Names = 'address' | 'now' | 'previously'

const count = compile(
  (params: Params<Names>) => sql`INSERT INTO mail_recipients (address, mails, since)
    VALUES (${params.address}, 1, ${params.now})
    ON CONFLICT DO UPDATE SET mails = iif(since < ${params.previously}, 1, mails + 1),
      since = iif(since < ${params.previously}, excluded.since, since)`,
)

const selectFull = ({ address, previously }: Params<Names>) =>
  sql`SELECT since FROM mail_recipients
    WHERE address = ${address} AND since >= ${previously} AND mails >= ${sql.raw(String(MAX_MAILS))}`

const requireRoom = compile((params: Params<Names>) => requires(sql`NOT EXISTS (${selectFull(params)})`))
const explainRoom = compile(selectFull)

const selectCounted = compile(({ address }: Params<Names>) =>
  statements
    .select({ mails: mailRecipients.mails })
    .from(mailRecipients)
    .where(sql`address = ${address} AND mails <= ${sql.raw(String(MAX_MAILS))}`),
)

type Recipient = {
  /** Counts a mail. */
  count: Statement
  /** Requires that the address may get one more. */
  mayGetMore: Guard
  /** Has a row if the mail that was counted may be sent. */
  counted: ReturnType<typeof selectCounted>
}

/** What bounds the mails to an address. */
export const recipientOf = async (config: Config, email: string): Promise<Recipient> => {
  const at = now()
  const address = await digestOfName(config, email.toLowerCase())
  const values = { address, now: at, previously: at - PERIOD_MS }
  return {
    count: count(values),
    mayGetMore: {
      statement: requireRoom(values),
      explanation: explainRoom(values),
      problem: tooManySince(at),
    },
    counted: selectCounted(values),
  }
}
