/** Makes the user `demo` and their life by the API, as any client would. */
import { dayIn } from '../../src/shared/calendar.ts'
import { derivedId } from '../../src/shared/ids.ts'
import { SetupError } from '../sqld.ts'
import type { Entry } from './entry.ts'
import { ARCHIVED, lifeUntil } from './life.ts'

export const DEMO = { username: 'demo', password: 'two years of life' }

const ZONE = 'Europe/Berlin'

/** The same clock by another name: the zone of the user until all is sent. So a run knows what an earlier one has left. */
export const ZONE_UNTIL_SENT = 'Europe/Busingen'

/** How many items a batch may have. */
const MAX_ITEMS = 100

type Session = { accessToken: string; user: { timeZone: string; createdAt: string } }
type Page<T> = { data: T[] }

const request = (url: string, method: string, body?: object, token?: string) =>
  fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  })

/** The answer. Throws SetupError for one that is no success. */
const succeeded = async (response: Response) => {
  if (response.ok) return response
  throw new SetupError(`The demo is not complete: ${response.url} says ${response.status} ${await response.text()}`)
}

/** A session of the user, who is registered if nobody has the name; undefined if they have another password. */
const enter = async (api: string): Promise<Session | undefined> => {
  const settings = { email: 'demo@example.com', currency: 'EUR', timeZone: ZONE_UNTIL_SENT }
  const registered = await request(`${api}/v1/auth/register`, 'POST', { ...DEMO, ...settings })
  if (registered.status !== 409) return (await (await succeeded(registered)).json()) as Session
  const loggedIn = await request(`${api}/v1/auth/login`, 'POST', DEMO)
  return loggedIn.status === 401 ? undefined : ((await (await succeeded(loggedIn)).json()) as Session)
}

/** Sends all of the life until the day of the registration. Its ids follow from it, so what is there is put again. */
const sendLife = async (api: string, { accessToken, user }: Session) => {
  const registeredAt = Date.parse(user.createdAt)
  const life = lifeUntil(dayIn(ZONE, registeredAt))
  const send = async (method: string, path: string, body?: object) =>
    succeeded(await request(`${api}/v1/${path}`, method, body, accessToken))
  const list = async <T>(path: string) => ((await (await send('GET', path)).json()) as Page<T>).data

  const categories = await list<{ id: string; name: string }>('categories')
  const categoryIds = new Map(categories.map(({ id, name }) => [name, id]))
  for (const category of life.categories) {
    const id = categoryIds.get(category.name) ?? (await derivedId(`category ${category.name}`, registeredAt))
    categoryIds.set(category.name, id)
    await send('PUT', `categories/${id}`, category)
  }
  const inCategory = (name?: string) => ({ categoryId: name && categoryIds.get(name) })

  for (const { month, target, ...budget } of life.budgets) {
    await send('PUT', `months/${month}/budgets/${categoryIds.get(target) ?? target}`, budget)
  }

  const planIds = new Map<string, string>()
  for (const { name, start } of life.plans) planIds.set(name, await derivedId(`plan ${name}`, Date.parse(start)))
  const plans = life.plans.map(({ name, category, ...plan }) => ({
    ...plan,
    id: planIds.get(name),
    ...inCategory(category),
  }))
  await send('POST', 'plans/batch', { put: plans })
  for (const { plan, due, ...change } of life.changes) {
    await send('PUT', `plans/${planIds.get(plan)}/occurrences/${due}`, change)
  }

  const sendEntries = async (entries: Entry[], name: string) => {
    for (const [kind, ofKind] of Map.groupBy(entries, (entry) => entry.kind)) {
      const put = await Promise.all(
        ofKind.map(async ({ kind: _, category, plan, ...entry }, i) => ({
          ...entry,
          id: await derivedId(`${name} ${kind} ${i}`, Date.parse(entry.date)),
          ...inCategory(category),
          planId: plan && planIds.get(plan),
        })),
      )
      for (let i = 0; i < put.length; i += MAX_ITEMS) {
        await send('POST', `${kind}s/batch`, { put: put.slice(i, i + MAX_ITEMS) })
      }
    }
  }
  await sendEntries(life.past, 'past')

  const unread = await list<{ id: string; month: string }>('alerts?unread=true&limit=100')
  const newest = unread.find(({ month }) => month < life.month)
  if (newest) await send('POST', 'alerts/read', { upTo: newest.id })

  const [posted, others] = [life.current.filter(({ plan }) => plan), life.current.filter(({ plan }) => !plan)]
  for (const { plan = '', planDue, exchangeRate } of posted) {
    await send('POST', `plans/${planIds.get(plan)}/occurrences/${planDue}/post`, { exchangeRate })
  }
  await sendEntries(others, 'current')

  await send('PATCH', `categories/${categoryIds.get(ARCHIVED)}`, { archived: true })
  await send('PATCH', 'users/me', { timeZone: ZONE })
}

/**
 * Makes the user and their life, or the rest of it if an earlier run was cut, and returns what is to be said about it. If
 * all is there, nothing is changed. Throws SetupError.
 */
export const makeDemo = async (api: string): Promise<string> => {
  const { username, password } = DEMO
  const session = await enter(api)
  if (!session) return `There is a user ${username} already, with another password: nothing is changed.`
  const isUnfinished = session.user.timeZone === ZONE_UNTIL_SENT
  if (isUnfinished) await sendLife(api, session)
  return `${isUnfinished ? `The user ${username} has two years of life.` : `There is a user ${username} already: nothing is changed.`}
Log in as ${username} with the password "${password}", at ${api}/apidocs or by
  curl ${api}/v1/auth/login -H 'Content-Type: application/json' -d '${JSON.stringify(DEMO)}'`
}
