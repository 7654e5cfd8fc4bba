// `schema.ts` is generated: `npm run generate -w test/clients`.
import createClient from 'openapi-fetch'
import type { components, paths } from './schema.ts'

export type Schemas = components['schemas']

/** A refusal of the server, with what it says to people in `message` and to programs in `problem`. */
export class Refused extends Error {
  readonly problem: Schemas['Problem']

  constructor(problem: Schemas['Problem']) {
    super(problem.errors?.map(({ pointer, message }) => `${pointer}: ${message}`).join(', ') ?? problem.detail)
    this.problem = problem
  }
}

/** Whether the server has refused for good: sent again, the same would be refused again. */
export const isFinal = (error: unknown): error is Refused =>
  error instanceof Refused && error.problem.status <= 500 && ![401, 408, 429].includes(error.problem.status)

type Answer<T> = { data?: T; error?: Schemas['Problem'] }

/** The body of an answer that has one. Throws Refused for a problem, and what `fetch` throws where no answer came. */
export const bodyOf = async <T>(call: Answer<T> | Promise<Answer<T>>): Promise<T> => {
  const { data, error } = await call
  if (data === undefined) throw error ? new Refused(error) : new Error('The answer has no body')
  return data
}

/**
 * A client for one user of the API at `baseUrl`. All calls of `api` have the access token of `session`; where it has
 * expired, they wait for one renewal that they share, and are sent again.
 */
export const createOutlay = (baseUrl: string, send: (request: Request) => Promise<Response> = fetch) => {
  const open = createClient<paths>({ baseUrl, fetch: send })
  const outlay: { session: Schemas['Session'] | undefined } = { session: undefined }
  let renewal: Promise<void> | undefined

  const renew = async (refreshToken: string) => {
    const { data, response } = await open.POST('/v1/auth/refresh', { body: { refreshToken } })
    if (data) outlay.session = data
    // The session is over, and the user must log in. After a 503 it is not: the next call tries again.
    else if (response.status === 401) outlay.session = undefined
  }

  const sendAsUser = (request: Request) => {
    const headers = new Headers(request.headers)
    if (outlay.session) headers.set('Authorization', `Bearer ${outlay.session.accessToken}`)
    return send(new Request(request, { headers }))
  }

  const sendAndRenew = async (request: Request) => {
    const second = request.clone() // a body can be sent only once
    const used = outlay.session
    const response = await sendAsUser(request)
    if (response.status !== 401 || !used) return response
    // Another call may have renewed the session while this one was under way.
    if (outlay.session === used) {
      renewal ??= renew(used.refreshToken).finally(() => {
        renewal = undefined
      })
      await renewal
    }
    return outlay.session ? sendAsUser(second) : response
  }

  return Object.assign(outlay, { open, api: createClient<paths>({ baseUrl, fetch: sendAndRenew }) })
}
