import { beforeAll, describe, expect, it } from 'vitest'
import { toDayName, toDayNumber } from '../../src/shared/calendar.ts'
import { type Employee, employee, newId, withoutVerdict } from '../support/api.ts'

const addDays = (day: string, days: number) => toDayName(toDayNumber(day) + days)

describe('an expense', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee({ currency: 'EUR' })
  })

  it('is recorded with all that was sent, and found again', async () => {
    const sent = { amount: 1299, date: '2026-11-23', merchant: 'Chez Paul', note: 'Team lunch', tags: ['lunch'] }
    const created = await amina.post('/v1/expenses', sent)
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({ ...sent, currency: 'EUR' })
    expect(created.headers.get('Location')).toBe(`/v1/expenses/${created.body.id}`)
    const found = await amina.get(`/v1/expenses/${created.body.id}`)
    expect(found.body).toEqual(withoutVerdict(created.body))
    expect(found.headers.get('ETag')).toBe(created.headers.get('ETag'))
  })

  it('needs nothing but an amount', async () => {
    const { body } = await amina.post('/v1/expenses', { amount: 1 })
    expect(body).toMatchObject({
      amount: 1,
      currency: 'EUR',
      exchangeRate: null,
      baseAmount: 1,
      merchant: null,
      note: null,
      tags: [],
    })
  })

  it.each([1, 1_000_000_000_000])('may be of %i minor units', async (amount) => {
    expect(await amina.spends({ amount })).toMatchObject({ amount })
  })

  it.each(['1970-01-01', '2199-12-31', '2024-02-29'])('may be of %s', async (date) => {
    expect(await amina.spends({ date })).toMatchObject({ date })
  })

  it.each([
    ['emoji', '👩‍👩‍👧‍👦 '.repeat(10).trim()],
    ['right-to-left text', '‏מסעדה ערבית مطعم‏'],
    ['quotes and SQL', `'; DROP TABLE expenses; --"`],
    ['control characters', 'a\u0001\tb\nc'],
    ['decomposed letters', 'e\u0301'],
    ['120 characters outside the basic plane', '𝒳'.repeat(120)],
  ])('keeps %s as it is', async (_, merchant) => {
    const { id } = await amina.spends({ merchant })
    expect((await amina.get(`/v1/expenses/${id}`)).body.merchant).toBe(merchant)
  })

  it('has its text trimmed', async () => {
    expect(await amina.spends({ merchant: '  Chez Paul\n', note: '\u00a0' })).toMatchObject({
      merchant: 'Chez Paul',
      note: '',
    })
    const padded = { amount: 1, merchant: 'x'.padEnd(121) }
    expect(await amina.post('/v1/expenses', padded)).toBeFaultAt('/merchant', 'invalid_length')
  })

  it('has its tags as a set in lower case', async () => {
    expect(await amina.spends({ tags: ['Lunch', ' client ', 'LUNCH'] })).toMatchObject({ tags: ['lunch', 'client'] })
  })

  it('may have ten tags of 32 characters, and no more', async () => {
    const tags = Array.from({ length: 10 }, (_, i) => `${i}`.padEnd(32, 'x'))
    expect(await amina.spends({ tags })).toMatchObject({ tags })
    expect(await amina.post('/v1/expenses', { amount: 1, tags: [...tags, 'more'] })).toBeFaultAt('/tags', 'too_big')
    expect(await amina.post('/v1/expenses', { amount: 1, tags: Array(11).fill('a') })).toBeFaultAt('/tags', 'too_big')
    expect(await amina.post('/v1/expenses', { amount: 1, tags: ['x'.repeat(33)] })).toBeFaultAt(
      '/tags/0',
      'invalid_length',
    )
  })

  it("is of today in the user's time zone if it has no date", async () => {
    for (const timeZone of ['Pacific/Kiritimati', 'Etc/GMT+12']) {
      const bruno = await employee({ timeZone })
      const today = new Intl.DateTimeFormat('en-CA', { timeZone }).format(Date.now())
      expect((await bruno.post('/v1/expenses', { amount: 1 })).body.date).toBe(today)
    }
  })

  it('is of today in the new time zone as soon as it changes, with the token from before', async () => {
    const bruno = await employee({ timeZone: 'Etc/GMT+12' })
    await bruno.patch('/v1/users/me', { timeZone: 'Pacific/Kiritimati' })
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Kiritimati' }).format(Date.now())
    expect((await bruno.post('/v1/expenses', { amount: 1 })).body.date).toBe(today)
  })
})

describe('PUT of an expense', () => {
  it("creates one with the client's own id, and replaces it after", async () => {
    const amina = await employee()
    const path = `/v1/expenses/${newId()}`
    const created = await amina.put(path, { amount: 100, date: '2026-11-01', merchant: 'Chez Paul', tags: ['a'] })
    expect(created.status).toBe(201)
    expect(created.headers.get('Location')).toBe(path)
    const replaced = await amina.put(path, { amount: 200, date: '2026-11-02' })
    expect(replaced.status).toBe(200)
    expect(withoutVerdict(replaced.body)).toEqual({
      ...withoutVerdict(created.body),
      amount: 200,
      baseAmount: 200,
      date: '2026-11-02',
      merchant: null,
      tags: [],
      updatedAt: replaced.body.updatedAt,
    })
    const { data } = (await amina.get('/v1/expenses')).body
    expect(data).toEqual([{ ...withoutVerdict(replaced.body), etag: replaced.headers.get('ETag') }])
  })
})

describe('PATCH of an expense', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('changes what it names, clears what it nulls and leaves the rest', async () => {
    const before = await amina.spends({ merchant: 'Chez Paul', note: 'Team lunch', tags: ['lunch'] })
    const { body } = await amina.patch(`/v1/expenses/${before.id}`, { amount: 1, note: null })
    expect(withoutVerdict(body)).toEqual({ ...before, amount: 1, baseAmount: 1, note: null, updatedAt: body.updatedAt })
    expect((await amina.patch(`/v1/expenses/${before.id}`, { tags: null, merchant: 'Elsewhere' })).body).toMatchObject({
      tags: [],
      merchant: 'Elsewhere',
    })
  })

  it('may name nothing', async () => {
    const before = await amina.spends()
    expect((await amina.patch(`/v1/expenses/${before.id}`, {})).body).toMatchObject({ amount: before.amount })
  })

  it('takes a merge patch by its own name', async () => {
    const { id } = await amina.spends()
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    expect((await amina.patch(`/v1/expenses/${id}`, { amount: 7 }, { headers })).body.amount).toBe(7)
  })

  it.each(['amount', 'currency', 'date'])('cannot clear the %s', async (name) => {
    const { id } = await amina.spends()
    expect(await amina.patch(`/v1/expenses/${id}`, { [name]: null })).toBeFaultAt(`/${name}`, 'invalid_type')
  })
})

describe('DELETE of an expense', () => {
  it('happens once', async () => {
    const amina = await employee()
    const { id } = await amina.spends()
    expect((await amina.delete(`/v1/expenses/${id}`)).status).toBe(200)
    expect(await amina.delete(`/v1/expenses/${id}`)).toBeProblem('expense_not_found')
    expect(await amina.get(`/v1/expenses/${id}`)).toBeProblem('expense_not_found')
    expect(await amina.patch(`/v1/expenses/${id}`, { amount: 1 })).toBeProblem('expense_not_found')
  })
})

describe('the lists of the month that runs', () => {
  it.each(['UTC', 'Pacific/Kiritimati', 'Etc/GMT+12'])(
    'are those of the month of that name, in %s',
    async (timeZone) => {
      const who = await employee({ timeZone, monthStartDay: 25 })
      const { body: month } = await who.get('/v1/months/current')
      for (const date of [month.from, month.to, addDays(month.from, -1), addDays(month.to, 1)]) {
        await who.spends({ date })
        await who.earns({ date })
      }
      for (const path of ['/v1/expenses', '/v1/incomes']) {
        const { body } = await who.get(`${path}?month=current&include=total`)
        expect(body).toEqual((await who.get(`${path}?month=${month.month}&include=total`)).body)
        expect(body.total.count).toBe(2)
        expect(await who.get(`${path}?month=current&from=${month.from}`)).toBeFaultAt(
          '/month',
          'contradiction',
          'query',
        )
      }
    },
  )
})

describe('the list of expenses', () => {
  let amina: Employee
  const amountsOf = async (query: string) => {
    const { body } = await amina.get(`/v1/expenses?${query}`)
    return body.data.map(({ amount }: { amount: number }) => amount)
  }

  beforeAll(async () => {
    amina = await employee({ monthStartDay: 25 })
    await amina.spends({ amount: 10, date: '2026-10-24', merchant: 'Café 100%', tags: ['food'] })
    await amina.spends({ amount: 40, date: '2026-10-25', merchant: 'CAFÉ_NOIR', note: 'déjeuner' })
    await amina.spends({ amount: 20, date: '2026-11-24', note: 'Straße \\ 7', tags: ['food', 'work'] })
    await amina.spends({ amount: 30, date: '2026-11-25', merchant: 'ΟΔΟΣΤΡΩΤΗΡΑΣ' })
  })

  it.each([
    ['', [30, 20, 40, 10]],
    ['sort=-date', [30, 20, 40, 10]],
    ['sort=date', [10, 40, 20, 30]],
    ['sort=-amount', [40, 30, 20, 10]],
    ['sort=amount', [10, 20, 30, 40]],
    ['month=2026-10', [20, 40]],
    ['month=2026-09', [10]],
    ['month=2026-11', [30]],
    ['from=2026-10-25', [30, 20, 40]],
    ['to=2026-10-25', [40, 10]],
    ['from=2026-10-25&to=2026-10-25', [40]],
    ['minAmount=20&maxAmount=30', [30, 20]],
    ['minAmount=0&maxAmount=10', [10]],
    ['maxAmount=0', []],
    ['q=café', [40, 10]],
    ['q=cafe%CC%81', [40, 10]],
    ['q=%25', [10]],
    ['q=_', [40]],
    ['q=%5C', [20]],
    ['q=STRASSE', [20]],
    ['q=stra%C3%9Fe', [20]],
    ['q=DÉJ', [40]],
    ['q=ΟΔΟΣ', [30]],
    ['tag=food', [20, 10]],
    ['tag=FOOD', [20, 10]],
    ['tag=foo', []],
    ['tag=food&q=caf%C3%A9&month=2026-09&sort=amount', [10]],
  ])('for "%s" has %j', async (query, amounts) => {
    expect(await amountsOf(query)).toEqual(amounts)
  })

  it.each([
    ['month=2026-11&from=2026-11-01', '/month', 'contradiction'],
    ['from=2026-11-02&to=2026-11-01', '/to', 'contradiction'],
    ['minAmount=2&maxAmount=1', '/maxAmount', 'contradiction'],
    ['month=2026-13', '/month', 'invalid_format'],
    ['month=1969-12', '/month', 'invalid_format'],
    ['month=2200-01', '/month', 'invalid_format'],
    ['month=now', '/month', 'invalid_format'],
    ['from=2026-02-30', '/from', 'invalid_format'],
    ['minAmount=1.5', '/minAmount', 'invalid_format'],
    ['minAmount=-1', '/minAmount', 'too_small'],
    ['maxAmount=1000000000001', '/maxAmount', 'too_big'],
    ['sort=merchant', '/sort', 'invalid_value'],
    ['limit=0', '/limit', 'too_small'],
    ['limit=101', '/limit', 'too_big'],
    ['limit=', '/limit', 'invalid_format'],
    ['limit=1&limit=2', '/limit', 'invalid_type'],
    ['q=', '/q', 'invalid_length'],
    ['q=%00', '/q', 'invalid_text'],
    ['tag=', '/tag', 'invalid_length'],
    ['cursor=nonsense', '/cursor', 'invalid_cursor'],
    ['surprise=1', '/surprise', 'unknown_member'],
  ])('refuses "%s" at %s', async (query, pointer, code) => {
    expect(await amina.get(`/v1/expenses?${query}`)).toBeFaultAt(pointer, code, 'query')
  })
})
