import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, type Employee, employee, importOf, newId } from '../support/api.ts'
import { write } from '../support/database.ts'

const IMPORTS = '/v1/imports'
const none = { new: 0, known: 0, similar: 0, deleted: 0, invalid: 0 }

/** Imports these lines of a file with a day, an amount and an id. */
const imports = async (who: Employee, lines: string) => {
  const { status, body } = await who.post(IMPORTS, importOf(lines))
  expect([status, body.errors]).toEqual([201, undefined])
  return body
}

/** What the user has, in its newest state, and the months of the year. */
const stateOf = async (who: Employee) => [
  (await who.get('/v1/expenses?limit=100')).body,
  (await who.get('/v1/incomes?limit=100')).body,
  (await who.get('/v1/months?from=2026-01&to=2026-12')).body,
]

describe('an import', () => {
  const decimals = { KWD: 3, USD: 2, JPY: 0 }
  const power = (exponent: number) => 10n ** BigInt(exponent)
  const rows = fc.array(
    fc
      .record({
        amount: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 10_000_000 })),
        currency: fc.constantFrom('KWD', 'USD', 'JPY'),
        /** In 10^-10. */
        rate: fc.oneof(fc.integer({ min: 1, max: 10 ** 11 }), fc.constantFrom(5 * 10 ** 9, 15 * 10 ** 9)),
        isBelow: fc.boolean(),
        day: fc.integer({ min: 1, max: 28 }),
        month: fc.integer({ min: 3, max: 6 }),
      })
      .map(({ amount, currency, rate, ...rest }) => {
        const dividend = BigInt(amount) * BigInt(rate) * power(decimals.KWD)
        const divisor = power(10 + decimals[currency])
        const [quotient, rest2] = [dividend / divisor, 2n * (dividend % divisor)]
        const isUp = rest2 > divisor || (rest2 === divisor && quotient % 2n === 1n)
        const base = currency === 'KWD' ? BigInt(amount) : quotient + (isUp ? 1n : 0n)
        return { ...rest, amount, currency, rate, base }
      })
      .filter(({ base }) => base > 0n),
    { minLength: 20, maxLength: 60 },
  )
  type Row = typeof rows extends fc.Arbitrary<(infer R)[]> ? R : never

  const decimalOf = (value: number, places: number) => {
    const digits = String(value).padStart(places + 1, '0')
    return `${digits.slice(0, digits.length - places)},${digits.slice(digits.length - places)}`.replace(/,$/, '')
  }
  const lineOf = ({ amount, currency, rate, isBelow, day, month }: Row) =>
    `${day}.${month}.2026;${isBelow ? '-' : ''}${decimalOf(amount, decimals[currency as keyof typeof decimals])};${currency};${decimalOf(rate, 10)}`
  const fileOf = (sent: Row[], sign: string) => ({
    csv: `D;A;C;R\n${sent.map(lineOf).join('\n')}`,
    mapping: {
      date: { column: 'D', format: 'DD.MM.YYYY' },
      amount: { column: 'A', decimal: ',', sign },
      ...{ currency: 'C', exchangeRate: 'R' },
    },
  })

  it.each(['expensesNegative', 'allExpenses'])(
    'adds up to the cent in every month, and leaves nothing when it is taken back: %s',
    async (sign) => {
      await fc.assert(
        fc.asyncProperty(rows, async (sent) => {
          const who = await employee({ currency: 'KWD', monthStartDay: 25 })
          await who.spends({ date: '2026-03-24' })
          const before = await stateOf(who)
          const { body: tried } = await who.post(`${IMPORTS}?dryRun=true`, fileOf(sent, sign))
          const { body: made } = await who.post(IMPORTS, fileOf(sent, sign))
          expect(made.counts).toEqual(tried.counts)
          for (const { data, kind } of tried.rows) {
            const { body } = await who.get(`/v1/${kind}s/${data.id}`)
            for (const member of [
              'amount',
              'currency',
              'date',
              'exchangeRate',
              'baseAmount',
              ...(kind === 'expense' ? ['refund'] : []),
            ])
              expect([member, body[member]]).toEqual([member, data[member]])
          }
          const monthOf = ({ day, month }: Row) => (day < 25 ? month - 1 : month)
          const sumOf = (rows: Row[], isNegative: (row: Row) => boolean) =>
            Number(rows.reduce((sum, row) => sum + (isNegative(row) ? -row.base : row.base), 0n))
          for (let month = 2; month <= 6; month++) {
            const own = sent.filter((row) => monthOf(row) === month)
            const isAll = sign === 'allExpenses'
            const spent = sumOf(isAll ? own : own.filter(({ isBelow }) => isBelow), ({ isBelow }) => isAll && isBelow)
            const income = isAll
              ? 0
              : sumOf(
                  own.filter(({ isBelow }) => !isBelow),
                  () => false,
                )
            const { body } = await who.get(`/v1/months/2026-0${month}`)
            expect([month, body.spent, body.income]).toEqual([month, spent + (month === 2 ? 1299 : 0), income])
            const { body: list } = await who.get(`/v1/expenses?month=2026-0${month}&include=total`)
            expect(list.total.amount).toBe(body.spent)
          }
          const again = await who.post(IMPORTS, fileOf([...sent].reverse(), sign))
          expect(again.body.counts).toEqual({ ...none, known: sent.length })
          const { body: undone } = await who.delete(`${IMPORTS}/${made.id}`)
          expect(undone.counts).toEqual({ deleted: sent.length, kept: 0 })
          expect(await stateOf(who)).toEqual(before)
        }),
        { numRuns: 2 },
      )
    },
  )

  it('is done once, however many come at once, and taken back once', async () => {
    const who = await employee()
    const sent = importOf('2026-11-23,-1,a\n2026-11-23,-1,b\n2026-11-23,5,c')
    const answers = await Promise.all([1, 2, 3].map(() => who.post(IMPORTS, sent)))
    expect(answers.map(({ body }) => body.counts.new).sort()).toEqual([0, 0, 3])
    expect(answers.map(({ body }) => body.counts.known).sort()).toEqual([0, 3, 3])
    expect((await who.get('/v1/months/2026-11')).body).toMatchObject({ spent: 200, income: 500 })
    const { id } = answers.find(({ body }) => body.counts.new === 3)?.body ?? {}
    expect(await (await employee()).delete(`${IMPORTS}/${id}`)).toBeProblem('import_not_found')
    const undone = await Promise.all([1, 2].map(() => who.delete(`${IMPORTS}/${id}`)))
    expect(undone.map(({ status }) => status).sort()).toEqual([200, 404])
    expect((await who.get('/v1/months/2026-11')).body).toMatchObject({ spent: 0, income: 0 })
  })

  it('makes its own of the id of a colleague, and leaves theirs', async () => {
    const [amina, bo] = [await employee(), await employee()]
    const { id } = await bo.spends()
    expect((await imports(amina, `2026-11-23,-5,${id}`)).counts).toEqual({ ...none, new: 1 })
    expect((await bo.get(`/v1/expenses/${id}`)).body).toMatchObject({ id, amount: 1299 })
    expect((await amina.get(`/v1/expenses/${id}`)).body).toMatchObject({ id, amount: 500 })
  })

  const changesOf = async (who: Employee, since = '') => {
    const { body } = await who.get(`/v1/changes?limit=100${since && `&since=${encodeURIComponent(since)}`}`)
    return { ...body, entries: body.changes.filter(({ type }: Answer['body']) => /expense|income/.test(type)) }
  }

  it('is told by the changes, and so is that it was taken back; what is restored then stays', async () => {
    const who = await employee()
    const lines = '2026-11-23,-1,a\n2026-11-23,5,b'
    const { id } = await imports(who, lines)
    const made = await changesOf(who)
    expect(made.entries.map(({ type, deleted }: Answer['body']) => [type, deleted]).sort()).toEqual([
      ['expense', false],
      ['income', false],
    ])
    await who.delete(`${IMPORTS}/${id}`)
    const undone = await changesOf(who, made.nextCursor)
    expect(undone.entries.map(({ deleted }: Answer['body']) => deleted)).toEqual([true, true])
    for (const { type, id } of undone.entries) await who.post(`/v1/${type}s/${id}/restore`)
    expect(await who.delete(`${IMPORTS}/${id}`)).toBeProblem('import_not_found')
    expect((await imports(who, lines)).counts).toEqual({ ...none, known: 2 })
    await who.delete(`/v1/incomes/${undone.entries.find(({ type }: Answer['body']) => type === 'income').id}`)
    expect((await imports(who, lines)).counts).toEqual({ ...none, known: 1, deleted: 1 })
  })

  it('that was taken back can be done again when what it had made is purged', async () => {
    const who = await employee()
    const lines = '2026-11-23,-1,a\n2026-11-23,-1,b\n2026-11-23,5,c'
    const { id } = await imports(who, lines)
    const { body: list } = await who.get('/v1/expenses')
    await who.delete(`/v1/expenses/${list.data[0].id}`)
    await who.delete(`${IMPORTS}/${id}`)
    // As the retention does it.
    await write(
      ...(['expense', 'income'] as const).flatMap((type) => [
        sql`INSERT INTO deletions (user_id, resource, revision) SELECT user_id, ${`${type}/`} || id, revision
          FROM ${sql.raw(`${type}s`)} WHERE user_id = ${who.user.id}`,
        sql`DELETE FROM ${sql.raw(`${type}s`)} WHERE user_id = ${who.user.id}`,
      ]),
    )
    expect((await imports(who, lines)).counts).toEqual({ ...none, new: 2, deleted: 1 })
    const { entries } = await changesOf(who)
    expect(entries.map(({ deleted }: Answer['body']) => deleted).sort()).toEqual([false, false, true])
  })

  it('can be taken back, though later imports have added to the months that follow', async () => {
    const who = await employee()
    const { id } = await imports(who, '2026-11-23,-1,a')
    // As if there were 3,100 months: fewer, in several categories, do the same.
    await write(sql`INSERT INTO budget_lines (user_id, target, month, spent, carried_in)
      WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 3100)
      SELECT ${who.user.id}, 'overall', (SELECT max(month) FROM budget_lines WHERE user_id = ${who.user.id}) + value, 0, 0 FROM n`)
    const refused = await who.post(IMPORTS, importOf('2026-11-23,-1,b'))
    expect(refused).toBeProblem('too_many_lines')
    expect((await who.delete(`${IMPORTS}/${id}`)).body.counts).toEqual({ deleted: 1, kept: 0 })
    expect((await who.get('/v1/expenses')).body.data).toEqual([])
  })

  it('is no occurrence of a plan, is similar to one that is posted, and stays where it was made one', async () => {
    const who = await employee()
    const plan = { kind: 'expense', amount: 1000, start: '2026-10-10', repeat: { every: 1, unit: 'month' } }
    const { body: gym } = await who.post('/v1/plans', plan)
    const { body: posted } = await who.post(`/v1/plans/${gym.id}/occurrences/2026-10-10/post`, {})
    const lines = `2026-10-11,-10,${newId()}\n2026-11-10,-10,b`
    const { body: tried } = await who.post(`${IMPORTS}?dryRun=true`, importOf(lines))
    expect(tried.rows.map(({ state, matches }: Answer['body']) => [state, matches])).toEqual([
      ['similar', [posted.id]],
      ['new', []],
    ])
    const made = await imports(who, lines)
    const { body: list } = await who.get('/v1/expenses?sort=-date')
    expect(list.data.map(({ planDue }: Answer['body']) => planDue)).toEqual([null, null, '2026-10-10'])
    const [{ id }] = list.data
    await who.put(`/v1/expenses/${id}`, { amount: 1000, date: '2026-11-10', planId: gym.id, planDue: '2026-11-10' })
    expect((await who.delete(`${IMPORTS}/${made.id}`)).body.counts).toEqual({ deleted: 1, kept: 1 })
    const { body: due } = await who.get('/v1/occurrences?from=2026-10-01&to=2026-11-30')
    expect(due.data.map(({ state, entryId }: Answer['body']) => [state, entryId])).toEqual([
      ['posted', posted.id],
      ['posted', id],
    ])
    expect((await imports(who, lines)).counts).toEqual({ ...none, similar: 1, known: 1 })
    expect((await who.get(`/v1/expenses/${id}`)).body.planDue).toBe('2026-11-10')
  })
})
