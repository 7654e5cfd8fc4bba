import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId } from '../support/api.ts'

type Row = { id: string; amount: number; date: string }

/** Walks a list to its end, with something happening between two pages. */
const walk = async (who: Employee, path: string, between: (page: number) => Promise<unknown> = async () => {}) => {
  const seen: Row[] = []
  let cursor: string | null = ''
  for (let page = 0; cursor !== null; page++) {
    const { body } = await who.get(`${path}${cursor && `&cursor=${cursor}`}`)
    seen.push(...body.data)
    cursor = body.nextCursor
    await between(page)
  }
  return seen
}

/** Records all of these at once. */
const record = (who: Employee, path: string, rows: object[]) =>
  who.post(`${path}/batch`, { put: rows.map((row) => ({ id: newId(), amount: 1, date: '2026-11-15', ...row })) })

const idsOf = (rows: Row[]) => rows.map(({ id }) => id)

describe.each([
  ['/v1/expenses', 'spends'],
  ['/v1/incomes', 'earns'],
] as const)('paging through %s', (path, records) => {
  let sorted: Employee
  beforeAll(async () => {
    sorted = await employee()
    const rows = Array.from({ length: 13 }, (_, i) => ({ amount: 1 + (i % 3), date: `2026-11-0${1 + (i % 2)}` }))
    await record(sorted, path, rows)
  })

  it.each(['-date', 'date', '-amount', 'amount'])(
    'by %s shows each once and in order, equal ones too',
    async (sort) => {
      const amina = sorted
      const whole = (await amina.get(`${path}?sort=${sort}&limit=100`)).body.data
      expect(whole).toHaveLength(13)
      for (const limit of [1, 2, 12, 13, 14]) {
        expect(idsOf(await walk(amina, `${path}?sort=${sort}&limit=${limit}`))).toEqual(idsOf(whole))
      }
    },
  )

  it('neither skips nor repeats while others are written and deleted', async () => {
    const amina = await employee()
    await record(amina, path, Array(12).fill({}))
    const there = idsOf((await amina.get(path)).body.data)
    const seen = await walk(amina, `${path}?limit=3`, async (page) => {
      // A newer one, an older one, one of the same day; and one that was seen already goes.
      await amina[records]({ date: '2026-11-20' })
      await amina[records]({ date: '2026-11-10' })
      await amina[records]({ date: '2026-11-15' })
      if (page < 3) await amina.delete(`${path}/${there[page]}`)
    })
    expect(new Set(idsOf(seen)).size).toBe(seen.length)
    expect(idsOf(seen)).toEqual(expect.arrayContaining(there))
  })

  it('goes on from a row that is gone', async () => {
    const amina = await employee()
    await record(amina, path, Array(4).fill({}))
    const there = idsOf((await amina.get(path)).body.data)
    const first = await amina.get(`${path}?limit=2`)
    await amina.delete(`${path}/${there[1]}`)
    expect(idsOf((await amina.get(`${path}?limit=2&cursor=${first.body.nextCursor}`)).body.data)).toEqual(
      there.slice(2),
    )
  })

  it("shows nothing of a colleague's by their cursor", async () => {
    const [amina, bruno] = [await employee(), await employee()]
    for (let i = 0; i < 3; i++) await amina[records]()
    const { body } = await amina.get(`${path}?limit=1`)
    expect((await bruno.get(`${path}?cursor=${body.nextCursor}`)).body.data).toEqual([])
  })

  it('has fifty to a page unless told otherwise', async () => {
    const amina = await employee()
    await record(amina, path, Array(51).fill({}))
    const { body } = await amina.get(path)
    expect(body.data).toHaveLength(50)
    expect((await amina.get(`${path}?cursor=${body.nextCursor}`)).body.data).toHaveLength(1)
  })
})
