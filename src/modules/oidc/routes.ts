import { callerOf, count } from '../../http/rate-limit.ts'
import { answer, body, createRouter, publicRoute } from '../../http/router.ts'
import type { StartingPoint } from '../auth/registration.ts'
import { Session } from '../auth/schema.ts'
import { toSession } from '../auth/session.ts'
import { enter } from './entrance.ts'
import { verifyIdToken } from './id-token.ts'
import { companyLoginUnlinked, invalidIdToken, issuerUnavailable } from './problems.ts'
import { CompanyLoginRequest } from './schema.ts'

const tags: [string] = ['Authentication']

const logIn = publicRoute(
  {
    method: 'post',
    path: '/v1/auth/oidc',
    operationId: 'logInByCompany',
    summary: 'Log in by the login of a company',
    description:
      'With an ID token of OpenID Connect, not older than five minutes, from one of the issuers that the operator has ' +
      'configured; the address in it must be of a domain that is configured for the issuer. An identity (`iss` and `sub`) ' +
      'that is linked to an account logs in to that one. Else the issuer must have proved the address (`email_verified`). ' +
      'Where nobody has it, this registers them: with a username after the address, and no password until one is set by ' +
      '`POST /v1/auth/password-resets`. Where an account has it, that is linked, if it has proved the address, too, and has ' +
      'no other identity of the issuer. `companyLogins` of the user shows what is linked.',
    tags,
    request: { body: body(CompanyLoginRequest) },
    responses: {
      200: answer('The user is logged in', Session),
      201: answer('The user is registered and logged in', Session),
    },
    problems: [invalidIdToken, companyLoginUnlinked, issuerUnavailable],
  },
  { quotas: ['logins'] },
)

export const oidcRoutes = (insertStartingPoint: StartingPoint) =>
  createRouter().openapi(logIn, async (c) => {
    const { config, db } = c.var
    // Apart from logins by password, which none of these may use up.
    await count(config, 'logins', `oidc ${callerOf(c.req)}`)
    const { idToken, nonce } = c.req.valid('json')
    const identity = await verifyIdToken(config.providers, idToken, nonce)
    const { session, user, isNew } = await enter(db, identity, c.req.header('User-Agent'), insertStartingPoint)
    return c.json(await toSession(config, session, user), isNew ? 201 : 200)
  })
