import { env, exports } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import worker from '../../src/index.ts'
import { dayIn, toDayName, toDayNumber } from '../../src/shared/calendar.ts'
import { type Employee, employee, newId } from '../support/api.ts'
import { values } from '../support/database.ts'
import { databaseThat } from '../support/proxied.ts'

/** What the Cron Trigger runs. */
const run = () => exports.default.scheduled({})

const today = (timeZone = 'UTC') => dayIn(timeZone, Date.now())
const daysAgo = (days: number, timeZone?: string) => toDayName(toDayNumber(today(timeZone)) - days)

const daily = { every: 1, unit: 'day' }

const posted = async (who: Employee, planId: string) => {
  const rows = await values(sql`SELECT plan_due FROM expenses
    WHERE user_id = ${who.user.id} AND plan_id = ${planId} AND deleted_at IS NULL ORDER BY plan_due`)
  return rows.map(([due]) => due)
}

const days = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => daysAgo(from - i))

describe('a plan that posts by itself', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })
  const plan = (terms: object = {}) =>
    amina.plans({ amount: 100, post: 'auto', start: today(), repeat: daily, ...terms })

  it('posts what is due until today, each day once, however many runs there are and however many days were missed', async () => {
    const { id } = await plan({ start: daysAgo(35), merchant: 'Bäcker' })
    const { id: later } = await plan({ start: daysAgo(-1) })
    const { id: byHand } = await plan({ start: daysAgo(1), post: 'confirm' })
    await Promise.all([run(), run(), run()])
    await run()
    expect(await posted(amina, id)).toEqual(days(35, 0))
    expect(await posted(amina, later)).toEqual([])
    expect(await posted(amina, byHand)).toEqual([])
    const { body } = await amina.get('/v1/expenses?q=BÄCKER&limit=1')
    expect(body.data).toMatchObject([{ date: today(), planId: id, planDue: today(), merchant: 'Bäcker', amount: 100 }])
  })

  it('counts in the budget and raises its alerts as any expense does', async () => {
    const { id: categoryId } = await amina.sorts()
    await amina.limits(categoryId, { limit: 100 }, today().slice(0, 7))
    const { id } = await plan({ categoryId })
    const { id: salary } = await plan({ kind: 'income', source: 'Salary' })
    await run()
    expect(await posted(amina, id)).toEqual([today()])
    const { body: month } = await amina.get('/v1/months/current')
    expect(month.categories).toMatchObject([{ target: categoryId, spent: 100, state: 'alert' }])
    expect(month.income).toBe(100)
    const { body: alerts } = await amina.get('/v1/alerts')
    const raised = alerts.data.map(({ target, percent }: Record<string, unknown>) => `${target} ${percent}`)
    expect(raised.toSorted()).toEqual([`${categoryId} 100`, `${categoryId} 80`])
    expect((await amina.get('/v1/incomes')).body.data).toMatchObject([{ planId: salary, planDue: today() }])
  })

  it('leaves out what is skipped, takes what was changed, and waits for the day to which one was moved', async () => {
    const { id } = await plan({ start: daysAgo(4) })
    const at = (ago: number) => `/v1/plans/${id}/occurrences/${daysAgo(ago)}`
    await amina.put(at(4), { skipped: true })
    await amina.put(at(3), { amount: 5, note: 'Less' })
    await amina.put(at(2), { date: daysAgo(-3) })
    await amina.put(at(-5), { date: daysAgo(1) })
    await run()
    expect(await posted(amina, id)).toEqual([daysAgo(3), daysAgo(1), today(), daysAgo(-5)])
    const { body } = await amina.get(`/v1/expenses?q=Less`)
    expect(body.data).toMatchObject([{ amount: 5, note: 'Less', planDue: daysAgo(3) }])
    await amina.put(at(2), { date: today() })
    await amina.delete(at(4))
    await amina.delete(`/v1/expenses/${body.data[0].id}`)
    await run()
    expect(await posted(amina, id)).toEqual([daysAgo(4), daysAgo(2), daysAgo(1), today(), daysAgo(-5)])
  })

  it('goes on from where it is when it is changed, put off, deleted and restored', async () => {
    const { id } = await plan({ start: daysAgo(1) })
    const path = `/v1/plans/${id}`
    await run()
    await amina.patch(path, { start: daysAgo(3), amount: 200 })
    await run()
    expect(await posted(amina, id)).toEqual(days(3, 0))
    await amina.delete(path)
    await run()
    await amina.post(`${path}/restore`)
    await amina.patch(path, { start: daysAgo(5), post: 'confirm' })
    await run()
    expect(await posted(amina, id)).toEqual(days(3, 0))
    await amina.patch(path, { post: 'auto' })
    await run()
    expect(await posted(amina, id)).toEqual(days(5, 0))
  })

  it('keeps what was skipped and deleted where the plan itself is deleted and put again', async () => {
    const { id } = await plan({ start: daysAgo(2) })
    const terms = { kind: 'expense', amount: 100, post: 'auto', start: daysAgo(2), repeat: daily }
    await run()
    const { body } = await amina.get(`/v1/occurrences?from=${today()}&to=${today()}&state=posted`)
    const { entryId } = body.data.find(({ planId }: { planId: string }) => planId === id)
    await amina.delete(`/v1/expenses/${entryId}`)
    await amina.delete(`/v1/plans/${id}`)
    expect((await amina.put(`/v1/plans/${id}`, terms)).status).toBe(201)
    await run()
    expect(await posted(amina, id)).toEqual(days(2, 1))
  })

  it('is not held up by all that is posted already', async () => {
    const who = await employee()
    const { id } = await who.plans({ amount: 1, post: 'auto', start: daysAgo(350), repeat: daily })
    for (const _ of [1, 2]) await run()
    expect(await posted(who, id)).toEqual(days(350, 0))
    await who.patch(`/v1/plans/${id}`, { note: 'as it was' })
    const { headers } = await who.get(`/v1/plans/${id}`)
    const { id: other } = await who.plans({ amount: 1, post: 'auto', start: today(), repeat: daily })
    await run()
    expect(await posted(who, other)).toEqual([today()])
    expect((await who.get(`/v1/plans/${id}`)).headers.get('ETag')).toBe(headers.get('ETag'))
  })

  it('that began long ago is caught up in several runs, none of them long', async () => {
    const { id } = await plan({ start: daysAgo(450) })
    await run()
    // Another test may have the job run meanwhile.
    const first = await posted(amina, id)
    expect([200, 400, 451]).toContain(first.length)
    expect(first).toEqual(days(450, 0).slice(0, first.length))
    for (const _ of [2, 3]) await run()
    expect(await posted(amina, id)).toEqual(days(450, 0))
  })

  it('knows what day it is for its user', async () => {
    for (const timeZone of ['Pacific/Kiritimati', 'Etc/GMT+12']) {
      const who = await employee({ timeZone })
      const { id } = await who.plans({ amount: 1, post: 'auto', start: daysAgo(1, timeZone), repeat: daily })
      await run()
      expect(await posted(who, id)).toEqual([daysAgo(1, timeZone), today(timeZone)])
    }
  })

  it('is posted by the next run where one ends in the middle, and no day is posted twice', async () => {
    const { id } = await plan({ start: daysAgo(2) })
    const other = await employee()
    const { id: theirs } = await other.plans({ amount: 1, post: 'auto', start: daysAgo(2), repeat: daily })
    // The answer of the first that posts is lost, and the job fails; then its request is.
    for (const fault of ['later-cut', 'later-drop'] as const) {
      const { settings, calls } = databaseThat(fault)
      await expect(worker.scheduled(undefined, { ...env, ...settings })).rejects.toThrow('The database failed')
      // The other jobs have tried to do their work, too.
      expect(await calls()).toBeGreaterThan(3)
    }
    await run()
    expect(await posted(amina, id)).toEqual(days(2, 0))
    expect(await posted(other, theirs)).toEqual(days(2, 0))
  })

  it('passes over a user whose sums would get too large, and posts for all others', async () => {
    const rich = await employee()
    const { id: huge } = await rich.plans({ amount: 1_000_000_000_000, post: 'auto', start: today(), repeat: daily })
    const put = Array.from({ length: 100 }, () => ({ id: newId(), amount: 1_000_000_000_000, date: today() }))
    for (let i = 0; i < 45; i++)
      expect(
        (await rich.post('/v1/expenses/batch', { put: put.map((item) => ({ ...item, id: newId() })) })).status,
      ).toBe(200)
    const { id } = await plan()
    await run()
    expect(await posted(rich, huge)).toEqual([])
    expect(await posted(amina, id)).toEqual([today()])
  })
})
