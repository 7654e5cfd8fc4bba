import type { Context } from 'hono'
import type { Config } from '../config.ts'
import { afterAnswer } from '../http/after-answer.ts'
import type { Message } from './message.ts'

/** Sends a mail, after the answer. Where that fails, the log has a line of it; whoever waits for the mail asks again. */
export const sendMail = (c: Context, message: Message): void => {
  const { mailer, sender }: Config['mail'] = c.get('config').mail
  afterAnswer(c, 'mail', () => mailer.send({ from: { name: 'Outlay', email: sender }, ...message }))
}
