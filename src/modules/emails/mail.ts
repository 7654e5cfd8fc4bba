import type { Config } from '../../config.ts'
import { type Message, toMessage } from '../../mail/message.ts'

/** The mail with the link that proves that its reader has the address. */
export const proofMail = ({ frontEndOrigin }: Config, to: string, token: string): Message =>
  toMessage(to, 'Is this your address?', [
    'Somebody has given this address for their Outlay account. If it was you, confirm it here. You need to be logged in:',
    { link: `${frontEndOrigin}/prove-email#token=${token}` },
    'The link is good for a day. If it was not you, there is nothing to do, and you should not confirm it.',
  ])

/** The mail to the address that an account is about to lose. */
export const changeMail = (to: string): Message =>
  toMessage(to, 'Your address is about to change', [
    'Somebody who knows your password wants to use another address for your Outlay account. It changes when that one is ' +
      'confirmed.',
    'If it was not you, log in and change your password now: that cancels the change, and ends the sessions of everybody ' +
      'else.',
  ])
