import { count } from '../../http/rate-limit.ts'
import { body, createRouter, sessionRoute } from '../../http/router.ts'
import { sendMail } from '../../mail/send.ts'
import { readToken } from '../../shared/user-token.ts'
import { verifyOwn } from '../auth/credentials.ts'
import { withHashingSlot } from '../auth/hashing-slots.ts'
import { wrongPasswordAt } from '../auth/problems.ts'
import { passwordUnchanged } from '../auth/queries.ts'
import { emailTaken, nameConflicts } from '../users/problems.ts'
import { proofNotFound, tooManyProofs } from './problems.ts'
import { newProof, newWarning } from './proof.ts'
import { emailIsFree, mayAskAgain, useProof } from './queries.ts'
import { EmailChange, EmailProof } from './schema.ts'

const tags: [string] = ['Users']
const wrongPassword = wrongPasswordAt('password')

const change = sessionRoute(
  {
    method: 'put',
    path: '/v1/users/me/email',
    operationId: 'changeEmail',
    summary: 'Change your e-mail address, or prove it',
    description:
      'Sends a mail to the address, with a link to the front end that has a token behind `#token=`: it is good once, for a ' +
      'day, and only the newest one. The address becomes yours when `POST /v1/auth/email-proofs` has got the token, and the ' +
      'one before it is warned. With the address that you have, it only sends the mail again. A user can cause five mails an ' +
      'hour, and an address gets ten. A wrong `password` is a 422 with the fault `wrong_password` at `/password`.',
    tags,
    request: { body: body(EmailChange) },
    responses: {
      202: { description: 'A mail is on its way to the address' },
    },
    problems: [emailTaken, tooManyProofs],
  },
  { quotas: ['passwordChecks'] },
)

const prove = sessionRoute({
  method: 'post',
  path: '/v1/auth/email-proofs',
  operationId: 'proveEmail',
  summary: 'Prove an e-mail address',
  description:
    'With the token of a mail that `POST /v1/auth/register` or `PUT /v1/users/me/email` has sent, by the user to whom it was ' +
    'sent: whoever has got a mail because somebody else has given their address does not prove it for them. Sets ' +
    '`emailVerifiedAt`, and `email` where it is another one.',
  tags,
  request: { body: body(EmailProof) },
  responses: { 204: { description: 'The address is proved' } },
  problems: [proofNotFound, emailTaken],
})

export const emailsRoutes = createRouter()
  .openapi(change, async (c) => {
    const { actor, config, db } = c.var
    const { email, password } = c.req.valid('json')
    await count(config, 'passwordChecks', actor.userId)
    const user = await withHashingSlot((inTurn) => verifyOwn(c.var, inTurn, password, wrongPassword))
    const { write, mayGetMore, message } = await newProof(config, user.id, email)
    const warning = await newWarning(config, user, email)
    const { counted } = await db.transaction({
      guards: [passwordUnchanged(user, wrongPassword), emailIsFree(actor, email), mayAskAgain(actor), mayGetMore],
      write: [...write, ...warning.write],
      after: { counted: warning.counted },
    })
    for (const mail of [message, ...warning.messagesOf(counted)]) sendMail(c, () => mail)
    return c.body(null, 202)
  })
  .openapi(prove, async (c) => {
    const { actor, db } = c.var
    const key = await readToken('', c.req.valid('json').token)
    const hash = key?.userId === actor.userId ? key.hash : ''
    await db.transaction({ ...useProof(actor, hash), conflicts: nameConflicts })
    return c.body(null, 204)
  })
