import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { occurrencesBetween, type Rule, selectOccurrences } from '../../src/modules/plans/occurrence.ts'
import { FIRST_DAY, LAST_DAY } from '../../src/shared/calendar.ts'
import { values } from '../support/database.ts'

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
const lengthOf = (year: number, month: number) => (month === 1 && isLeap(year) ? 29 : (LENGTHS[month] ?? 0))
const nameOf = (year: number, month: number, day: number) =>
  `${year}-${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`

/** Every day from 1970 to 2199, counted one by one. */
const days: string[] = []
for (let year = 1970; year <= 2199; year++)
  for (let month = 0; month < 12; month++)
    for (let day = 1; day <= lengthOf(year, month); day++) days.push(nameOf(year, month, day))

type Case = Rule & { from: string; to: string }

/** The definition, walked from the start, one unit after the other. */
const walked = ({ start, every, unit, monthDay, until, from, to }: Case): string[] => {
  const dues: string[] = []
  let [year, month] = [Number(start.slice(0, 4)), Number(start.slice(5, 7)) - 1]
  let index = days.indexOf(start)
  for (let due: string | undefined = start; due !== undefined && due <= (until ?? LAST_DAY); ) {
    dues.push(due)
    if (every === null) break
    if (unit === 'day' || unit === 'week') {
      index += unit === 'week' ? 7 * every : every
      due = days[index]
      continue
    }
    for (let i = 0; i < every; i++) {
      if (unit === 'year' || month === 11) year++
      if (unit === 'month') month = (month + 1) % 12
    }
    due =
      year > 2199 ? undefined : nameOf(year, month, Math.min(monthDay ?? Number(start.slice(8)), lengthOf(year, month)))
  }
  return dues.filter((due) => due >= from && due <= to)
}

/** What the database says of each, in one round trip. */
const selected = async (cases: Case[]): Promise<string[]> => {
  const member = (name: string) => sql.raw(`value ->> '${name}' AS ${name}`)
  const names = ['start', 'every', 'unit', 'until', 'month_day', 'first', 'last']
  const plans = sql`(SELECT 'u' AS user_id, key AS id, ${sql.join(names.map(member), sql`, `)}
    FROM json_each(${JSON.stringify(cases.map(({ from, to, monthDay, ...rule }) => ({ ...rule, month_day: monthDay, first: from, last: to })))})) AS plans`
  const rows = await values(sql`SELECT plan_id, json_group_array(json_array(k, due)) FROM (
    ${selectOccurrences(plans, sql`first`, sql`last`)}) GROUP BY plan_id`)
  const byKey = new Map(rows.map(([key, found]) => [Number(key), String(found)]))
  return cases.map((_, i) => byKey.get(i) ?? '[]')
}

const check = async (cases: Case[]) => {
  const found = await selected(cases)
  for (const [i, one] of cases.entries()) {
    const occurrences = occurrencesBetween(one, one.from, one.to)
    expect(found[i], JSON.stringify(one)).toBe(JSON.stringify(occurrences.map(({ k, due }) => [k, due])))
    expect(
      occurrences.map(({ due }) => due),
      JSON.stringify(one),
    ).toEqual(walked(one))
  }
}

const UNITS = ['day', 'week', 'month', 'year'] as const
const all = { monthDay: null, until: null, from: FIRST_DAY, to: LAST_DAY }

/** Days near the ends of months, and of leap years, more often than others. */
const day = fc.oneof(
  fc.constantFrom(...days),
  fc.constantFrom(...days.filter((name) => /-(01|28|29|30|31)$/.test(name))),
  fc.constantFrom(...days.filter((name) => /-02-29$/.test(name)), FIRST_DAY, LAST_DAY),
)
const repeat = fc.oneof(
  fc.record({
    every: fc.oneof(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 3 })),
    unit: fc.constantFrom(...UNITS),
  }),
  fc.constant({ every: null, unit: null }),
)
const rule = fc
  .record({ start: day, repeat, until: fc.option(day), isLast: fc.boolean() })
  .map(({ start, repeat, until, isLast }): Rule => {
    // Such a rule begins on the last day of a month that is too short.
    const isShort = isLast && /month|year/.test(repeat.unit ?? '') && days[days.indexOf(start) + 1]?.endsWith('-01')
    return { start, ...repeat, monthDay: isShort ? 31 : null, until: until && until < start ? null : until }
  })

/** A window whose ends are, more often than not, days on which it is due or next to such. */
const withWindow = (rule: Rule) => {
  const dues = walked({ ...rule, from: FIRST_DAY, to: LAST_DAY })
  const near = fc
    .tuple(fc.constantFrom(...dues), fc.integer({ min: -1, max: 1 }))
    .map(([due, by]) => days[days.indexOf(due) + by] ?? due)
  const end = fc.oneof(near, day)
  const short = fc.tuple(end, fc.integer({ min: 0, max: 400 })).map(([from, length]) => {
    return { from, to: days[days.indexOf(from) + length] ?? LAST_DAY }
  })
  const any = fc
    .tuple(end, end)
    .map((ends) => ends.toSorted())
    .map(([from = '', to = '']) => ({ from, to }))
  return fc.oneof({ arbitrary: short, weight: 4 }, any).map((window): Case => ({ ...rule, ...window }))
}

describe('the days on which a plan is due', () => {
  it.each([
    ['2026-01-31', 1, 'month', ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']],
    ['2028-02-29', 1, 'year', ['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']],
    ['2096-02-29', 4, 'year', ['2096-02-29', '2100-02-28', '2104-02-29']],
    ['2026-10-30', 2, 'month', ['2026-10-30', '2026-12-30', '2027-02-28', '2027-04-30']],
    ['2026-12-31', 2, 'week', ['2026-12-31', '2027-01-14', '2027-01-28']],
    ['2028-02-28', 1, 'day', ['2028-02-28', '2028-02-29', '2028-03-01']],
  ] as const)('from %s, every %i %s, are %j', async (start, every, unit, dues) => {
    const one: Case = { start, every, unit, ...all, to: dues[dues.length - 1] ?? '' }
    expect(occurrencesBetween(one, one.from, one.to).map(({ due }) => due)).toEqual(dues)
    await check([one])
  })

  it('are the last days of months where the day is the 31st, in whatever month it begins', async () => {
    const one: Case = { start: '2027-02-28', every: 1, unit: 'month', ...all, monthDay: 31, to: '2027-05-31' }
    const dues = occurrencesBetween(one, one.from, one.to).map(({ due }) => due)
    expect(dues).toEqual(['2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31'])
    await check([one, { ...one, monthDay: 29 }, { ...one, monthDay: 30, unit: 'year' }])
  })

  it('is one day where it does not repeat, and none where the window leaves that out', () => {
    const once: Rule = { start: '2026-08-01', every: null, unit: null, monthDay: null, until: null }
    expect(occurrencesBetween(once, FIRST_DAY, LAST_DAY)).toEqual([{ k: 0, due: '2026-08-01' }])
    expect(occurrencesBetween(once, FIRST_DAY, '2026-07-31')).toEqual([])
    expect(occurrencesBetween(once, '2026-08-02', LAST_DAY)).toEqual([])
  })

  it('are for 230 years what a walk finds, in every unit', async () => {
    const starts = ['1970-01-01', '1970-01-29', '1970-03-30', '1970-08-31', '1972-02-29', '2000-02-29', '1999-12-31']
    await check(
      starts.flatMap((start) =>
        UNITS.flatMap((unit) =>
          [1, 2, 3, 11, 12, 99]
            .filter((every) => unit !== 'day' || every > 3)
            .map((every): Case => ({ ...all, start, every, unit })),
        ),
      ),
    )
  })

  it('are the same by function, by SQL and by a walk, in any window', async () => {
    await fc.assert(fc.asyncProperty(fc.array(rule.chain(withWindow), { minLength: 60, maxLength: 60 }), check), {
      numRuns: 20,
    })
  })

  it('cost what the window shows, however long ago the plan began', async () => {
    const one: Case = { start: FIRST_DAY, every: 1, unit: 'day', ...all, from: '2199-12-01', to: LAST_DAY }
    expect(occurrencesBetween(one, one.from, one.to).map(({ k }) => k)[0]).toBe(days.indexOf('2199-12-01'))
    await check([one])
  })
})
