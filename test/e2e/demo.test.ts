import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lifeUntil } from '../../scripts/demo/life.ts'
import { DEMO, makeDemo, ZONE_UNTIL_SENT } from '../../scripts/demo/send.ts'
import { toDayName } from '../../src/shared/calendar.ts'
import { install } from './installation.ts'

const LISTS = ['categories', 'budgets', 'plans', 'occurrenceChanges', 'expenses', 'incomes', 'alerts'] as const

type Everything = Record<'user' | (typeof LISTS)[number], Record<string, unknown>[]>

/** All rows, but for when each was written, ids and order. */
const figuresOf = (rows: Everything) =>
  Object.entries(rows)
    .flatMap(([name, list]) => list.map((row) => JSON.stringify([name, row])))
    .map((row) => row.replaceAll(/"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"|"[\d-]{10}T[\d:.]+Z"/g, '""'))
    .sort()

describe('npm run dev -- --demo', () => {
  let outlay: Awaited<ReturnType<typeof install>>
  let server: Awaited<ReturnType<typeof outlay.start>>
  beforeAll(async () => {
    outlay = await install()
    server = await outlay.start('--demo')
    await server.prints(`Log in as ${DEMO.username}`)
  })
  afterAll(async () => {
    await server.stop('SIGTERM')
    await outlay.remove()
  })

  const call = async (method: string, path: string, token = '', body?: object) => {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
    const init = { method, headers, body: body ? JSON.stringify(body) : null }
    const response = await fetch(`${outlay.url}/v1/${path}`, init)
    return { etag: response.headers.get('ETag'), body: JSON.parse(await response.text()) }
  }
  const read = async (path: string, token: string) => (await call('GET', path, token)).body
  const logIn = async (): Promise<string> => (await call('POST', 'auth/login', '', DEMO)).body.accessToken

  const everythingOf = async (token: string): Promise<Everything> => {
    const all = await read('users/me/export', token)
    return Object.fromEntries([['user', [all.user]], ...LISTS.map((name) => [name, all[name]])])
  }

  it('has two years of everything, and a month that is alive', async () => {
    const token = await logIn()
    const { expenses, incomes, plans, ...lists } = await everythingOf(token)
    const month = await read('months/current', token)
    const year = Number(month.from.slice(0, 4))
    const span = `from=${year - 1}${month.from.slice(4)}&to=${month.to}`
    const overdue = await read(`occurrences?${span}&state=overdue`, token)
    const months = await read(`months?from=${year - 2}${month.month.slice(4)}&to=${month.month}`, token)

    const have = (rows: object[], part: object) => expect(rows).toContainEqual(expect.objectContaining(part))
    const some = expect.any(String)
    have(expenses, { currency: 'GBP', exchangeRate: some, merchant: some, tags: ['holiday', 'london'] })
    have(expenses, { refund: true, note: some })
    have(expenses, { planId: some, planDue: some })
    have(expenses, { categoryId: null })
    have(incomes, { currency: 'CHF', exchangeRate: some, source: some, note: some })
    have(incomes, { planId: some, planDue: some })
    have(plans, { kind: 'income', post: 'auto', until: some })
    have(plans, { repeat: { every: 1, unit: 'year', day: null } })
    have(plans, { currency: 'USD' })
    have(plans, { repeat: null })
    have(lists.occurrenceChanges, { skipped: true })
    have(lists.occurrenceChanges, { amount: expect.any(Number) })
    have(lists.occurrenceChanges, { date: some })
    have(lists.budgets, { rollover: 'surplus' })
    have(lists.budgets, { rollover: 'full' })
    have(lists.budgets, { scope: 'month' })
    have(lists.categories, { archived: true })
    have(lists.alerts, { read: true })
    expect(expenses.length).toBeGreaterThan(1000)
    expect(overdue.data).toHaveLength(1)

    expect(months.data).toHaveLength(25)
    for (const { income, spent } of months.data) expect(Math.min(income, spent)).toBeGreaterThan(0)
    expect(month.unreadAlerts).toBeGreaterThan(0)
    expect(month.planned.spent).toBeGreaterThan(0)
    expect(month.overall).toMatchObject({ limit: 250000, free: expect.any(Number) })
    have(month.categories, { name: 'Clothing', state: 'over' })
    have(month.categories, { name: 'Gifts', planned: 5000 })
  })

  it('is left as it is by another run, and completed exactly where one was cut', async () => {
    const token = await logIn()
    const before = await everythingOf(token)
    // Whatever is written gives it another one.
    const etagOfMonth = async () => (await call('GET', 'months/current', token)).etag
    const etag = await etagOfMonth()
    expect(etag).toMatch(/^"/)
    expect(await makeDemo(outlay.url)).toContain('nothing is changed')
    expect(await etagOfMonth()).toBe(etag)

    const bought = before.expenses.find(({ planId }) => planId === null)
    await call('DELETE', `expenses/${bought?.id}`, token)
    await call('PATCH', 'users/me', token, { timeZone: ZONE_UNTIL_SENT })
    expect(await makeDemo(outlay.url)).toContain('has two years of life')
    expect(figuresOf(await everythingOf(token))).toEqual(figuresOf(before))
  })

  it('has a limit overspent on whatever day, and nothing from later on', () => {
    const first = Date.UTC(2026, 0, 1) / 86_400_000
    for (let day = first; day < first + 800; day += 5) {
      const today = toDayName(day)
      const { current } = lifeUntil(today)
      const clothes = current.filter(({ category }) => category === 'Clothing')
      expect(clothes.reduce((sum, { amount, refund }) => sum + (refund ? -amount : amount), 0)).toBeGreaterThan(9000)
      expect(current.filter(({ date }) => date > today)).toEqual([])
    }
  })
})
