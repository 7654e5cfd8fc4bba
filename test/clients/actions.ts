import { v7 } from 'uuid'
import { bodyOf, type createOutlay, isFinal, Refused, type Schemas } from './client.ts'

/** An expense that waits on the device: plain data, so that it can be stored and outlives the page. */
type Draft = { id: string; key: string; body: Schemas['ExpenseReplacement'] }

type Outlay = ReturnType<typeof createOutlay>

export const signUp = async (outlay: Outlay, username: string) => {
  const body = { username, email: `${username}@example.com`, password: 'correct horse battery staple' }
  outlay.session = await bodyOf(outlay.open.POST('/v1/auth/register', { body }))
  return outlay.session.user
}

/** How to show money, which is in minor units. The API says how many decimals a currency has: browsers differ. */
export const moneyFormat = async ({ open }: Outlay, currency: string) => {
  const { data } = await bodyOf(open.GET('/v1/currencies'))
  const decimals = data.find(({ code }) => code === currency)?.decimals ?? 0
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, ...digits })
  return (amount: number | null) => (amount === null ? 'no limit' : format.format(amount / 10 ** decimals))
}

export const setLimits = async ({ api }: Outlay) => {
  const { data: categories } = await bodyOf(api.GET('/v1/categories'))
  const food = categories.find(({ name }) => name === 'Food')
  const set = (target: string, body: Schemas['NewBudget']) =>
    bodyOf(api.PUT('/v1/months/{month}/budgets/{target}', { params: { path: { month: 'current', target } }, body }))
  await set('overall', { limit: 150_000 })
  if (food) await set(food.id, { limit: 40_000, rollover: 'surplus' })
  return food?.id ?? null
}

/** Writes an expense, with or without a network. It keeps its id, its key and its day, whenever it is sent. */
export const draft = (timeZone: string, expense: Omit<Schemas['ExpenseReplacement'], 'date'>): Draft => {
  // By its parts: how a locale writes a day may change with the runtime.
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts()
    .map(({ type, value }) => [type, value])
  const { year, month, day } = Object.fromEntries(parts)
  const date = `${year}-${month}-${day}`
  return { id: v7(), key: crypto.randomUUID(), body: { ...expense, date } }
}

/** Sends the drafts in order, and returns those that must wait and what the others have done to the limits. */
export const sendDrafts = async ({ api }: Outlay, drafts: Draft[]) => {
  const impacts: Schemas['BudgetImpact'][] = []
  for (const [position, { id, key, body }] of drafts.entries()) {
    const params = { path: { id }, header: { 'idempotency-key': key } }
    try {
      const { budget } = await bodyOf(api.PUT('/v1/expenses/{id}', { params, body }))
      impacts.push(...budget)
    } catch (error) {
      // It may have been done, and only the answer is lost. The key makes it safe to send it again, unchanged.
      if (!isFinal(error)) return { waiting: drafts.slice(position), impacts }
      console.warn(`${body.merchant}: ${error.message}`) // dropped: its user must correct it
    }
  }
  return { waiting: [], impacts }
}

export const search = async ({ api }: Outlay, q: string) =>
  (await bodyOf(api.GET('/v1/expenses', { params: { query: { month: 'current', q, sort: '-amount' } } }))).data

/**
 * Saves an edit of an expense as its user has seen it, and returns null. Where it has changed since, on another device,
 * nothing is overwritten: returns what is there now, for the user to decide.
 */
export const edit = async (
  { api }: Outlay,
  { id, etag }: Schemas['ListedExpense'],
  body: Schemas['ExpensePatch'],
): Promise<Schemas['ListedExpense'] | null> => {
  const params = { path: { id }, header: { 'if-match': etag } }
  const { error } = await api.PATCH('/v1/expenses/{id}', { params, body })
  if (!error) return null
  if (error.code !== 'precondition_failed') throw new Refused(error)
  const current = await api.GET('/v1/expenses/{id}', { params: { path: { id } } })
  return { ...(await bodyOf(current)), etag: current.response.headers.get('ETag') ?? '' }
}

/** Returns what alerts are new, newest first, and marks them as read. */
export const readAlerts = async ({ api }: Outlay) => {
  const { data } = await bodyOf(api.GET('/v1/alerts', { params: { query: { unread: true } } }))
  const [newest] = data
  // Not all of them: one may have been raised meanwhile.
  if (newest) await api.POST('/v1/alerts/read', { body: { upTo: newest.id } })
  return data.map(({ name, percent }) => `${name ?? 'All spending'} has reached ${percent} %`)
}
