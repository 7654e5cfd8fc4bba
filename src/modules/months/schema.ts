import * as z from 'zod'
import { pageOf } from '../../http/pagination.ts'
import { answerSchema, Currency, docs, Month, orNull } from '../../http/schema.ts'
import { toMonthNumber } from '../../shared/calendar.ts'
import {
  available,
  Limit,
  MonthName,
  money,
  moneyOrNull,
  percentUsed,
  Rollover,
  State,
  spent,
  Target,
} from '../budgets/line-schema.ts'
import { exampleMonth } from './example.ts'

/** The most months in one answer. */
const MAX_MONTHS = 36

/** A range of months in a query. */
export const monthRange = {
  from: Month.openapi({ description: 'The first month', example: '2026-01' }),
  to: Month.openapi({
    description: `The last month, inclusive: at most ${MAX_MONTHS} months in all`,
    example: '2026-12',
  }),
}

/** Refuses a range of months that is empty or too long. */
export const checkMonthRange = ({ from, to }: { from: string; to: string }, context: z.RefinementCtx) => {
  const fault = (code: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['to'], params: { code }, message })
  if (to < from) fault('contradiction', 'Must not be before from')
  if (toMonthNumber(to) - toMonthNumber(from) >= MAX_MONTHS)
    fault('too_many', `Must be at most ${MAX_MONTHS} months in all`)
}

export const MonthRange = z.strictObject(monthRange).superRefine(checkMonthRange)

const BudgetLine = answerSchema(() =>
  z
    .object({
      target: Target,
      name: z
        .string()
        .nullable()
        .register(docs, { description: 'The name of the category; null for `overall`', example: 'Food' }),
      archived: z.boolean().register(docs, {
        description:
          'Whether the category is archived: then it has no line in months to come, unless money is spent or planned there',
        example: false,
      }),
      limit: Limit.nullable().openapi({ description: 'The limit in force, or null' }),
      carriedIn: moneyOrNull(
        'What this target takes over from the month before, by its `rollover`; 0 after a month without a limit. Always up to ' +
          'date: a late expense in March changes April and May',
        2500,
      ),
      spent: spent('The sum of the `baseAmount` of all that `GET /v1/expenses?month=&categoryId=` lists', 35_200),
      available: available(7300),
      planned: money('What is due on this target in the month and neither posted nor skipped', 0),
      free: moneyOrNull('`available − planned`: what is left once all is paid that is planned', 7300),
      percentUsed: percentUsed(),
      state: orNull(State()),
      dailyAllowance: moneyOrNull(
        '`free ÷ daysLeft`, rounded down and never below 0: what you may spend on each day left, today included. ' +
          'Null unless the month is running',
        912,
      ),
      projectedSpent: moneyOrNull(
        'What you will have spent: what is dated up to today and not posted from a plan, `÷ days so far × days of the month`, ' +
          'today included, rounded, plus what is posted from plans, `planned`, and what is dated later. Null on the first two ' +
          'days, which tell no pace, and in a future month; `spent` in a past one',
        45_913,
      ),
      rollover: orNull(Rollover),
      alertPercents: z
        .array(z.int())
        .nullable()
        .register(docs, { example: [80, 100] }),
      setIn: MonthName.nullable().register(docs, {
        description: 'The month in which the limit was set',
        example: '2026-09',
      }),
    })
    .openapi('BudgetLine', {
      description:
        'What you have spent on a target in a month, and what is left. Without a limit in force, every figure is null but ' +
        '`spent`, `planned` and `projectedSpent`.',
    }),
)

const from = () => z.string().register(docs, { description: 'Its first day', format: 'date', example: '2026-11-01' })
const to = () =>
  z.string().register(docs, { description: 'Its last day, inclusive', format: 'date', example: '2026-11-30' })
const income = () => money('The sum of the incomes of the month', 320_000)
const net = () => money('`income − spent`', 253_501)
const monthSpent = () => spent('The sum of `spent` of all `categories` and of `uncategorized`', 66_499)

export const MonthView = answerSchema(() =>
  z
    .object({
      month: MonthName,
      from: from(),
      to: to(),
      currency: Currency,
      daysLeft: z.int().register(docs, {
        description: 'Today included. 0 in a past month; all days in a future one',
        example: 8,
      }),
      income: income(),
      spent: monthSpent(),
      net: net(),
      planned: z
        .object({
          spent: money('The sum of `planned` of all `categories` and of `uncategorized`', 90_000),
          income: money('The incomes of plans', 0),
        })
        .openapi('MonthPlanned', {
          description: 'What is due in the month by plans and neither posted nor skipped',
        }),
      budgeted: money('The sum of the limits of all `categories`', 190_000),
      overall: orNull(BudgetLine()).register(docs, {
        description: 'The line of all spending, or null if it has no limit',
      }),
      categories: z.array(BudgetLine()).openapi({
        description:
          'Every category that has a limit in force, or something spent or planned in the month, by name; archived ones with ' +
          'something spent or planned, or up to the running month',
      }),
      uncategorized: z
        .object({
          spent: spent('The sum of the expenses without a category', 1299),
          planned: money('The sum of what plans without a category have in the month', 0),
        })
        .openapi('MonthUncategorized'),
      unreadAlerts: z.int().register(docs, {
        description: 'How many alerts you have not read, of whatever month: see `GET /v1/alerts?unread=true`',
        example: 4,
      }),
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
      limit: Limit.nullable().openapi({ description: 'The limit on `overall`, or null', example: 200_000 }),
      available: moneyOrNull('`available` of `overall` in the month', 133_501),
    })
    .openapi('MonthSummary', { description: 'The figures of a month, for a chart' }),
)

export const MonthSummaryPage = pageOf(MonthSummary, 'MonthSummaryPage')
