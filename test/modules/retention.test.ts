import { exports } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { toMonthName, toMonthNumber } from '../../src/shared/calendar.ts'
import { type Employee, employee, newId } from '../support/api.ts'
import { values, write } from '../support/database.ts'

const DAY = 86_400_000

/** What the Cron Trigger runs. */
const run = () => exports.default.scheduled({})

/** Makes it so many days ago that something of a user happened: `age` is the column that tells when. */
const age = (who: Employee, table: string, column: string, days: number, condition = sql`TRUE`) => {
  const name = sql.identifier(column)
  return write(sql`UPDATE ${sql.identifier(table)} SET ${name} = CAST(${Date.now() - days * DAY} AS INTEGER)
    WHERE user_id = ${who.user.id} AND ${name} IS NOT NULL AND ${condition}`)
}

const count = async (who: Employee, table: string) => {
  const [row] = await values(sql`SELECT count(*) FROM ${sql.identifier(table)} WHERE user_id = ${who.user.id}`)
  return row?.[0]
}

const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } })

// biome-ignore lint/suspicious/noExplicitAny: as in Answer.
type Change = any

/** All that has changed since a cursor, in pages of `limit`, and the cursor to go on with. */
const pull = async (who: Employee, since?: string, limit = 100) => {
  const seen: Change[] = []
  for (let cursor = since; ; ) {
    const answer = await who.get(`/v1/changes?limit=${limit}${cursor ? `&since=${cursor}` : ''}`)
    if (answer.status !== 200) return { answer, seen }
    seen.push(...answer.body.changes)
    cursor = answer.body.nextCursor
    if (!answer.body.hasMore) return { answer, seen, cursor }
  }
}

describe('what has been kept for long enough', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it.each(['expenses', 'incomes', 'plans'] as const)(
    'is deleted: %s that were deleted 90 days ago, and no sum changes',
    async (kind) => {
      await amina.spends()
      const [older, newer] = [await amina.deletes(`/v1/${kind}`), await amina.deletes(`/v1/${kind}`)]
      await age(amina, kind, 'deleted_at', 89)
      await age(amina, kind, 'deleted_at', 91, sql`id = ${older}`)
      const sums = async () => [
        (await amina.get('/v1/months?from=2026-01&to=2026-12')).body,
        await values(sql`SELECT total_spent, total_earned, revision FROM users WHERE id = ${amina.user.id}`),
        await values(sql`SELECT * FROM budget_lines WHERE user_id = ${amina.user.id}`),
      ]
      const before = await sums()
      await run()
      await run()
      expect(await sums()).toEqual(before)
      expect((await amina.post(`/v1/${kind}/${older}/restore`)).status).toBe(404)
      expect((await amina.post(`/v1/${kind}/${newer}/restore`)).status).toBe(200)
    },
  )

  it('is deleted: idempotency keys after 7 days', async () => {
    const bruno = await employee()
    const post = (key: string) => bruno.post('/v1/expenses', { amount: 1 }, keyed(key))
    for (const key of ['old', 'older']) await post(key)
    await age(bruno, 'idempotency_keys', 'created_at', 6.9)
    await age(bruno, 'idempotency_keys', 'created_at', 7.1, sql`key = 'older'`)
    await run()
    expect((await post('old')).headers.get('Idempotency-Replayed')).toBe('true')
    expect((await post('older')).headers.get('Idempotency-Replayed')).toBeNull()
  })

  it('is deleted: API tokens that have expired, and no other', async () => {
    const bruno = await employee()
    const [old, good] = [await bruno.makesToken(), await bruno.makesToken()]
    await age(bruno, 'api_tokens', 'expires_at', 0.001, sql`id = ${old.id}`)
    await run()
    expect(await values(sql`SELECT id FROM api_tokens WHERE user_id = ${bruno.user.id}`)).toEqual([[good.id]])
  })

  it('is deleted: links to prove an address that have expired', async () => {
    const [bruno, carla] = [await employee(), await employee()]
    await age(bruno, 'email_proofs', 'expires_at', 0.001)
    await run()
    expect([await count(bruno, 'email_proofs'), await count(carla, 'email_proofs')]).toEqual([0, 1])
  })

  it('is deleted: sessions that have expired, and no other', async () => {
    const bruno = await employee()
    const other = await bruno.logInAgain()
    await other.logInAgain()
    await age(
      bruno,
      'sessions',
      'expires_at',
      0.001,
      sql`id < (SELECT max(id) FROM sessions WHERE user_id = ${bruno.user.id})`,
    )
    await run()
    expect(await count(bruno, 'sessions')).toBe(1)
  })

  it('is deleted: alerts after a year, if they were read', async () => {
    const bruno = await employee()
    const [read, unread, recent] = [await bruno.overspends(), await bruno.overspends(), await bruno.overspends()]
    for (const { id } of [read, recent]) await bruno.patch(`/v1/alerts/${id}`, { read: true })
    await age(bruno, 'alerts', 'created_at', 366, sql`id <> ${recent.id}`)
    await run()
    const { body } = await bruno.get('/v1/alerts')
    expect(body.data.map(({ id }: { id: string }) => id).sort()).toEqual([unread.id, recent.id].sort())
  })

  it('is deleted slice by slice, and no write of the user has to do it', async () => {
    const bruno = await employee()
    await write(sql`INSERT INTO idempotency_keys
        (user_id, key, fingerprint, request_id, rows_before, rows_after, created_at, kept_before)
      WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 1200)
      SELECT ${bruno.user.id}, 'k' || value, 'f', 'r', '{}', '{}', value, value FROM n`)
    expect((await bruno.post('/v1/expenses', { amount: 1 }, keyed(newId()))).status).toBe(201)
    expect(await count(bruno, 'idempotency_keys')).toBe(1201)
    await run()
    expect(await count(bruno, 'idempotency_keys')).toBe(1)
  })
})

describe('the changes of a user who deleted something long ago', () => {
  it('tell it to a client that was away, though its row is gone', async () => {
    const amina = await employee()
    const { id } = await amina.spends()
    const { cursor } = await pull(amina)
    await amina.delete(`/v1/expenses/${id}`)
    const inStep = (await pull(amina, cursor)).cursor
    const gone = { type: 'expense', id, deleted: true, etag: null, data: null }
    await age(amina, 'expenses', 'deleted_at', 91)
    await run()
    expect(await count(amina, 'expenses')).toBe(0)
    expect((await pull(amina, cursor)).seen).toEqual([gone])
    expect((await pull(amina, inStep)).seen).toEqual([])

    const { body } = await amina.put(`/v1/expenses/${id}`, { amount: 5, date: '2026-11-23' })
    const { seen } = await pull(amina, cursor)
    expect(seen).toMatchObject([{ type: 'expense', id, deleted: false, data: { amount: 5 } }])
    expect(body.id).toBe(id)
  })

  it('are a 410 to a client that cannot hear of it any more, and to no other', async () => {
    const amina = await employee()
    const [kept, lost] = [await amina.spends(), await amina.spends()]
    const away = (await pull(amina)).cursor
    await amina.delete(`/v1/expenses/${lost.id}`)
    const inStep = (await pull(amina, away)).cursor
    await age(amina, 'expenses', 'deleted_at', 366)
    await run()
    await run()
    expect(await count(amina, 'deletions')).toBe(0)
    expect((await pull(amina, away)).answer).toBeProblem('cursor_expired')
    expect((await pull(amina, inStep)).seen).toEqual([])
    // A new client comes by old changes on its way, and never held what was deleted.
    const { answer, seen } = await pull(amina, undefined, 1)
    expect(answer.status).toBe(200)
    expect(seen.filter(({ type }) => type === 'expense').map(({ id }) => id)).toEqual([kept.id])
  })
})

describe('the month that runs', () => {
  // biome-ignore lint/suspicious/noExplicitAny: as in Answer.
  const alertsOf = async (who: Employee): Promise<any[]> => (await who.get('/v1/alerts')).body.data
  const monthOf = async (who: Employee, distance = 0) => {
    const { month } = (await who.get('/v1/months/current')).body
    return toMonthName(toMonthNumber(month) + distance)
  }

  it('has an alert where it begins overspent by what it carries in, once, before anything is written', async () => {
    const amina = await employee({ timeZone: 'Pacific/Kiritimati', monthStartDay: 17 })
    const { id } = await amina.sorts()
    const [previous, current] = [await monthOf(amina, -1), await monthOf(amina)]
    await amina.limits(id, { limit: 100, rollover: 'full' }, previous)
    await amina.spends({ amount: 250, date: `${previous}-17`, categoryId: id })
    const places = async () => (await alertsOf(amina)).map(({ target, month, percent }) => [target, month, percent])
    const raised = [100, 80].map((percent) => [id, previous, percent])
    expect((await places()).toSorted()).toEqual(raised)
    await Promise.all([run(), run(), run()])
    // Not of the month to come, which begins overspent as well as things stand.
    const due = [...raised, ...[100, 80].map((percent) => [id, current, percent])]
    expect((await places()).toSorted()).toEqual(due.toSorted())
    await amina.spends({ amount: 1, date: `${current}-17`, categoryId: id })
    await run()
    expect(await places()).toHaveLength(4)
  })

  it('has one where an earlier month has come to give it a lower limit', async () => {
    const amina = await employee()
    const [previous, current] = [await monthOf(amina, -1), await monthOf(amina)]
    await amina.limits('overall', { limit: 1000, alertPercents: [80] }, previous)
    await amina.spends({ amount: 70, date: `${current}-01` })
    await run()
    expect(await alertsOf(amina)).toEqual([])
    await amina.limits('overall', { limit: 80 }, previous)
    expect(await alertsOf(amina)).toEqual([])
    await run()
    expect(await alertsOf(amina)).toMatchObject([{ target: 'overall', month: current, percent: 80, read: false }])
  })

  it('is looked at of all users, slice by slice', async () => {
    const amina = await employee()
    const month = toMonthNumber(await monthOf(amina))
    const copies = sql`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1100)
      SELECT printf('00000000-0000-7000-8000-%012x', i) AS id, i FROM n`
    await write(
      sql`INSERT INTO users (id, username, email, password_hash, currency, time_zone, utc_offset, month_start_day, created_at)
        SELECT copy.id, 'copy' || i, 'copy' || i || '@example.com', '', 'USD', 'UTC', 0, 1, 0 FROM (${copies}) AS copy`,
      sql`INSERT INTO budgets (user_id, target, scope, month, limit_amount, rollover, alert_percents)
        SELECT id, 'overall', 'onward', ${month}, 100, 'none', '[80]' FROM (${copies})`,
      sql`INSERT INTO budget_lines
          (user_id, target, month, spent, limit_amount, rollover, alert_percents, scope, set_in, carried_in)
        SELECT id, 'overall', ${month}, 79 + i % 2, 100, 'none', '[80]', 'onward', ${month}, 0 FROM (${copies})`,
    )
    await run()
    const [row] = await values(sql`SELECT count(*) FROM alerts WHERE user_id < '00000000-0000-7000-8001'`)
    expect(row).toEqual([550])
  })
})
