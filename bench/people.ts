/** The users that the benchmark acts as, by the API itself. */
import { setTimeout as pause } from 'node:timers/promises'

export const PASSWORD = 'correct horse battery staple'

/** How often an answer of 503 is waited out. */
const MAX_RETRIES = 5

export type Person = {
  username: string
  id: string
  categories: string[]
  /** Of an access token, which lives for ten minutes: `logIn` renews it. */
  token: string
  /** Of the expense that is read. */
  etag: string
  /** From which on /v1/changes tells of expenses alone. */
  since: string
}

/** Makes a call that must succeed, and returns its answer. */
export const call = async (url: string, method: string, path: string, body?: object, token?: string) => {
  for (let repetition = 0; ; repetition++) {
    const response = await fetch(url + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (response.ok) return response
    const answer = await response.text()
    if (response.status !== 503 || repetition === MAX_RETRIES)
      throw new Error(`${method} ${path}: ${response.status} ${answer}`)
    await pause(1000 * Number(response.headers.get('Retry-After') ?? 1))
  }
}

/** Registers somebody, whose other members are known when all is seeded. */
export const register = async (url: string, username: string): Promise<Person> => {
  const user = { username, email: `${username}@example.com`, password: PASSWORD }
  const session = (await (await call(url, 'POST', '/v1/auth/register', user)).json()) as {
    accessToken: string
    user: { id: string }
  }
  const token = session.accessToken
  const list = await (await call(url, 'GET', '/v1/categories', undefined, token)).json()
  const categories = (list as { data: { id: string }[] }).data.map(({ id }) => id)
  return { username, id: session.user.id, categories, token, etag: '', since: '' }
}

export const logIn = async (url: string, person: Person) => {
  const response = await call(url, 'POST', '/v1/auth/login', { username: person.username, password: PASSWORD })
  person.token = ((await response.json()) as { accessToken: string }).accessToken
}
