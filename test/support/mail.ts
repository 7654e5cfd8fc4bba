import { env } from 'cloudflare:workers'
import { inject } from 'vitest'
import type { Mailer } from '../../src/config.ts'

type Sent = Parameters<Mailer['send']>[0] & { messageId: string }

/** A mail as the runtime has written it to files. */
type Mail = { to: string; from: string; subject: string; text: string; html: string }

const read = async ({ to, from, subject, messageId }: Sent): Promise<Mail> => {
  const answer = await fetch(`${inject('mailUrl')}/${encodeURIComponent(messageId.replaceAll(/[<>]/g, ''))}`)
  const { text, html } = (await answer.json()) as Pick<Mail, 'text' | 'html'>
  return { to, from: `${from.name} <${from.email}>`, subject, text, html }
}

/** Settings of a Worker whose mails go the way of all mails, but are noted: `mails` reads what was written of them. */
export const mailbox = () => {
  const sent: Sent[] = []
  const send: Mailer['send'] = async (mail) => {
    const { messageId } = await (env.MAIL as Mailer).send(mail)
    sent.push({ ...mail, messageId })
    return { messageId }
  }
  return { settings: { MAIL: { send } }, mails: () => Promise.all(sent.map(read)) }
}
