import type { Config } from '../../config.ts'
import { type Message, toMessage } from '../../mail/message.ts'

/** The mail with the link to set a new password. */
export const resetMail = ({ frontEndOrigin }: Config, to: string, token: string): Message =>
  toMessage(to, 'Set a new password', [
    'Somebody has asked for a new password for your Outlay account. If it was you, set one here:',
    { link: `${frontEndOrigin}/reset-password#token=${token}` },
    'The link is good once, for 30 minutes. If it was not you, there is nothing to do: your password stays as it is.',
  ])

/** The mail that tells of the new password. */
export const passwordSetMail = (to: string): Message =>
  toMessage(to, 'Your password was changed', [
    'A new password was set for your Outlay account, by the link that was sent to this address. You have been logged out ' +
      'everywhere, and all API tokens are revoked.',
    'If it was not you, somebody else can read your mail: change the password of your mailbox first, and then this one.',
  ])
