import { z } from '@hono/zod-openapi'
import { pageOf } from '../../http/pagination.ts'
import { answerSchema, Currency, docs, Id, Month } from '../../http/schema.ts'
import { toMonthNumber } from '../../shared/calendar.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { exampleMonth } from './example.ts'

/** A month in an answer. */
export const MonthName = z
  .string()
  .register(docs, { description: 'A month `YYYY-MM`', pattern: '^\\d{4}-\\d{2}$', example: '2026-11' })

/** A month in a path. */
export const MonthOrCurrent = z.union([Month, z.literal('current')]).register(docs, {
  description: "A month `YYYY-MM`, or `current` for the one that runs in the user's time zone",
  pattern: '^((19[7-9]\\d|20\\d\\d|21\\d\\d)-(0[1-9]|1[0-2])|current)$',
  type: 'string',
  param: { name: 'month', in: 'path' },
  example: 'current',
})

/** What a budget limits. */
export const Target = z.union([Id, z.literal('overall')]).register(docs, {
  description: 'A category of the user, or `overall` for everything',
  type: 'string',
  pattern: '^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|overall)$',
  example: 'overall',
})

export const MonthParams = z.strictObject({ month: MonthOrCurrent })

/** How many months one answer covers at most. */
const MAX_MONTHS = 36

export const MonthRange = z
  .strictObject({
    from: Month.openapi({ description: 'The first month', example: '2026-01' }),
    to: Month.openapi({ description: `The last month, of at most ${MAX_MONTHS}`, example: '2026-12' }),
  })
  .superRefine(({ from, to }, context) => {
    const fault = (code: string, message: string) =>
      context.addIssue({ code: 'custom', path: ['to'], params: { code }, message })
    if (to < from) fault('contradiction', 'Must not be before from')
    if (toMonthNumber(to) - toMonthNumber(from) >= MAX_MONTHS) fault('too_many', `Must be at most ${MAX_MONTHS} months`)
  })

const money = (description: string, example: number) => z.int().register(docs, { description, example })
const moneyOrNull = (description: string, example: number | null) =>
  z.int().nullable().register(docs, { description, example })

export const Limit = z.int().min(0).max(MAX_AMOUNT).register(docs, {
  description: "What may be spent in a month, in minor units of the user's currency; 0 is a limit",
  example: 40_000,
})

export const Rollover = z.enum(['none', 'surplus', 'full']).register(docs, {
  description:
    'What a month takes over of what the month before has left: nothing, only what was left over, or also what was ' +
    'overspent. Cumulative',
  example: 'surplus',
})

export const AlertPercents = z
  .array(z.int().min(1).max(1000))
  .max(5)
  .refine((percents) => new Set(percents).size === percents.length, {
    params: { code: 'duplicates' },
    message: 'Must not name a percent twice',
  })
  .register(docs, {
    description: 'The percentages of `limit + carriedIn` at which an alert is raised, each once',
    uniqueItems: true,
    example: [80, 100],
  })

const State = () =>
  z.enum(['under', 'alert', 'over']).register(docs, {
    description:
      '`over` where `available` is below 0, else `alert` where one of `alertPercents` is reached, else `under`; exactly ' +
      '100 % is not over',
    example: 'alert',
  })

const available = (example: number) => moneyOrNull('`limit + carriedIn − spent`, to the cent', example)

const percentUsed = () =>
  z.number().nullable().register(docs, {
    description: '`spent` in percent of `limit + carriedIn`, with one decimal; null where that is 0 or less',
    example: 82.8,
  })

const spent = (description: string, example: number) => z.int().min(0).register(docs, { description, example })

const Line = answerSchema(() =>
  z
    .object({
      target: Target,
      name: z
        .string()
        .nullable()
        .register(docs, { description: 'Of the category; null for `overall`', example: 'Food' }),
      limit: Limit.nullable().openapi({ description: 'The limit in force, or null' }),
      carriedIn: moneyOrNull(
        'What the month before has left under the same target, by `rollover`; 0 after a month without a limit. It is ' +
          'derived: a late expense in March changes April and May',
        2500,
      ),
      spent: spent('The sum of `baseAmount` of what `GET /v1/expenses?month=&categoryId=` lists', 35_200),
      available: available(7300),
      percentUsed: percentUsed(),
      state: State().nullable(),
      dailyAllowance: moneyOrNull(
        '`available ÷ daysLeft`, rounded down and never below 0: what may be spent on each day left, today included. ' +
          'Null in a month that is not running',
        912,
      ),
      projectedSpent: moneyOrNull(
        '`spent ÷ days so far × days of the month`, today included, rounded: where the pace so far leads. Null in a ' +
          'month to come, `spent` in one that is past',
        45_913,
      ),
      rollover: Rollover.nullable(),
      alertPercents: z
        .array(z.int())
        .nullable()
        .register(docs, { example: [80, 100] }),
      setIn: MonthName.nullable().register(docs, {
        description: 'The month in which the limit was set',
        example: '2026-09',
      }),
    })
    .openapi('Line', {
      description:
        'What a target may still spend in a month. Without a limit in force, what derives from one is null: all but ' +
        '`spent` and `projectedSpent`.',
    }),
)

const from = () => z.string().register(docs, { description: 'Its first day', format: 'date', example: '2026-11-01' })
const to = () =>
  z.string().register(docs, { description: 'Its last day, inclusive', format: 'date', example: '2026-11-30' })
const income = () => money('The sum of the incomes of the month', 320_000)
const net = () => money('`income − spent`', 163_501)
const monthSpent = () => spent('The sum of `spent` of all `categories` and of `uncategorized`', 156_499)

export const MonthView = answerSchema(() =>
  z
    .object({
      month: MonthName,
      from: from(),
      to: to(),
      currency: Currency,
      daysLeft: z.int().register(docs, {
        description: 'Today included; 0 in a month that is past, all of them in one to come',
        example: 8,
      }),
      income: income(),
      spent: monthSpent(),
      net: net(),
      overall: z.union([Line(), z.null()]).register(docs, {
        description: 'The line of everything, or null where it has no limit',
      }),
      categories: z.array(Line()).openapi({
        description: 'Each category that has a limit in force, or spending in the month, by name',
      }),
      uncategorized: z.object({ spent: spent('On expenses without a category', 1299) }),
    })
    .openapi('MonthView', {
      description: 'The month at a glance',
      example: exampleMonth,
    }),
)

const MonthSummary = answerSchema(() =>
  z
    .object({
      month: MonthName,
      from: from(),
      to: to(),
      income: income(),
      spent: monthSpent(),
      net: net(),
      limit: Limit.nullable().openapi({ description: 'On everything, or null', example: 200_000 }),
      available: moneyOrNull('What everything may still spend: `available` of `overall` in the month', 43_501),
    })
    .openapi('MonthSummary', { description: 'The figures of a month, for a chart' }),
)

export const MonthSummaryPage = pageOf(MonthSummary, 'MonthSummaryPage')

const Verdict = answerSchema(() =>
  z
    .object({
      target: Target,
      month: MonthName,
      limit: Limit.nullable().openapi({
        description: 'The limit in force after the write, or null: then so is what derives from it',
      }),
      before: z.object({
        spent: spent('Before the write', 33_901),
        available: available(8599),
        state: State().nullable().openapi({ example: 'under' }),
      }),
      after: z.object({
        spent: spent('After it', 35_200),
        available: available(7300),
        percentUsed: percentUsed(),
        state: State().nullable(),
      }),
      crossed: z.array(z.int()).register(docs, {
        description: 'Those of `alertPercents` that are reached after the write, and were not before',
        example: [80],
      }),
    })
    .openapi('Verdict', { description: 'What a write has done to a line' }),
)

/** The member `budget` of the answer to a write. */
export const Verdicts = answerSchema(() =>
  z.array(Verdict()).openapi({
    description:
      'What the write has done to the budget. Of an expense: a verdict on `overall` and on its category, in its month; ' +
      'where it moves, also on those that it leaves. Of a budget: one on its target, in its month. They equal what the ' +
      'month view says before and after.',
  }),
)

/** The answer to a deletion that has a verdict. */
export const Deletion = answerSchema(() =>
  z.object({ budget: Verdicts() }).openapi('Deletion', { description: 'It is gone, and what that does to the budget' }),
)
