import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose'
import { inject } from 'vitest'
import { newId } from '../../src/shared/ids.ts'
import { newName } from './api.ts'

type SigningKey = { kid: string; alg: string; key: CryptoKey | Uint8Array }

/** Whoever logs in at a company: claims of an ID token. */
export const somebody = () => {
  const name = newName()
  return { sub: newId(), email: `${name}@company.example`, email_verified: true, nonce: newId() }
}

/** An ID token, signed by this key, of `issuer` and for the front end of the tests. */
export const idToken = (
  { key, ...header }: SigningKey,
  issuer: string,
  claims: JWTPayload,
  more: object = {},
): Promise<string> => {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ iss: issuer, aud: 'outlay-front-end', iat: now, exp: now + 300, ...claims })
    .setProtectedHeader({ typ: 'JWT', ...header, ...more })
    .sign(key)
}

/** What `POST /v1/auth/oidc` takes for the login of somebody at `/company`, whom the settings of the tests let in. */
export const companyLogin = async (claims: ReturnType<typeof somebody>) => {
  const key = await importJWK(inject('companyKey'), 'ES256')
  const token = await idToken({ kid: 'company', alg: 'ES256', key }, `${inject('issuerUrl')}/company`, claims)
  return { idToken: token, nonce: claims.nonce }
}

/** An issuer with an address and keys of its own, over HTTP. */
export class Issuer {
  readonly url = `${inject('issuerUrl')}/${newId()}`
  #shown: object[] = []

  /** Settings of a Worker that lets in who logs in here, with addresses of `company.example`. */
  get settings() {
    const provider = { issuer: this.url, audience: 'outlay-front-end', emailDomains: ['company.example'] }
    return { OIDC_PROVIDERS: JSON.stringify([provider]) }
  }

  async show(path: string, body: object, status = 200) {
    await fetch(`${this.url}${path}?status=${status}`, { method: 'PUT', body: JSON.stringify(body) })
  }

  /** How often that was asked for. */
  async count(path: string) {
    return Number(await (await fetch(`${this.url}${path}?count`)).text())
  }

  /** Shows where the keys are. */
  discoverable(found: object = {}) {
    const document = { issuer: this.url, jwks_uri: `${this.url}/jwks`, ...found }
    return this.show('/.well-known/openid-configuration', document)
  }

  /** Makes one more key, and shows its public half, unless nobody is to see it. */
  async newKey(alg = 'RS256', isShown = true): Promise<SigningKey & { publicKey: CryptoKey }> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const kid = newId()
    if (isShown) this.#shown.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' })
    await this.show('/jwks', { keys: this.#shown })
    return { kid, alg, key: privateKey, publicKey }
  }
}
