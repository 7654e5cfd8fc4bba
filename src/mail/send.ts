import type { Context } from 'hono'
import type { Config } from '../config.ts'
import { afterAnswer } from '../http/after-answer.ts'
import type { Message } from './message.ts'

/**
 * Writes and sends a mail, after the answer, whose time does not tell whether there is one. Where that fails, the log has
 * a line of it; whoever waits for the mail asks again.
 */
export const sendMail = (c: Context, write: () => Message): void => {
  const { mailer, sender }: Config['mail'] = c.get('config').mail
  afterAnswer(c, 'mail', () => mailer.send({ from: { name: 'Outlay', email: sender }, ...write() }))
}
