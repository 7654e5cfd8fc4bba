import * as z from 'zod'
import { answerSchema, docs, idOr, monthOr, orNull } from '../../http/schema.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'

/** A month in an answer. */
export const MonthName = z
  .string()
  .register(docs, { description: 'A month `YYYY-MM`', pattern: '^\\d{4}-\\d{2}$', example: '2026-11' })

/** A month in a path. */
export const MonthOrCurrent = monthOr('current').register(docs, {
  description: "A month `YYYY-MM`, or `current` for the user's current month",
  param: { name: 'month', in: 'path' },
  example: 'current',
})

/** What a budget limits. */
export const Target = idOr('overall').register(docs, {
  description: 'A category of the user, or `overall` for everything',
  example: 'overall',
})

/** The name of what a line, an impact or an alert is about. */
export const TargetName = z.string().nullable().register(docs, {
  description: 'The name of the category, or null for `overall`',
  example: null,
})

export const MonthParams = z.strictObject({ month: MonthOrCurrent })

export const money = (description: string, example: number) => z.int().register(docs, { description, example })
export const moneyOrNull = (description: string, example: number | null) =>
  z.int().nullable().register(docs, { description, example })

export const Limit = z.int().min(0).max(MAX_AMOUNT).register(docs, {
  description: "What may be spent in a month, in minor units of the user's currency; 0 is a limit",
  example: 40_000,
})

export const Rollover = z.enum(['none', 'surplus', 'full']).openapi('Rollover', {
  description:
    'What a month takes over from the month before: nothing (`none`), what was left (`surplus`), or also what was ' +
    'overspent (`full`). Cumulative',
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

export const State = () =>
  z.enum(['under', 'alert', 'over']).openapi('BudgetState', {
    description:
      '`over` where `available` is below 0, else `alert` where one of `alertPercents` is reached, else `under`; exactly ' +
      '100 % is not over',
    example: 'alert',
  })

export const available = (example: number) => moneyOrNull('`limit + carriedIn − spent`, to the cent', example)

export const percentUsed = () =>
  z
    .number()
    .nullable()
    .register(docs, {
      description:
        '`spent` in percent of `limit + carriedIn`, rounded down to one decimal: 80 stands only where 80 % are reached. Below 0 ' +
        'where more was refunded than spent; null where `limit + carriedIn` is 0 or less',
      example: 82.8,
    })

/** Below 0 where more was refunded than spent. */
export const spent = (description: string, example: number) => z.int().register(docs, { description, example })

const BudgetImpact = answerSchema(() =>
  z
    .object({
      target: Target,
      name: TargetName,
      month: MonthName,
      limit: Limit.nullable().openapi({
        description: 'The limit in force after the write, or null; figures that need a limit are then null too',
      }),
      before: z
        .object({
          spent: spent('Before the write', 33_901),
          available: available(8599),
          state: orNull(State()),
        })
        .openapi('LineBefore', { example: { spent: 33_901, available: 8599, state: 'under' } }),
      after: z
        .object({
          spent: spent('After it', 35_200),
          available: available(7300),
          percentUsed: percentUsed(),
          state: orNull(State()),
        })
        .openapi('LineAfter'),
      crossed: z.array(z.int()).register(docs, {
        description:
          'Those of the `alertPercents` in force after the write that are reached now, ascending, without those that were ' +
          'in force and reached before: a threshold that the write itself lowers past what is spent is crossed, too',
        example: [80],
      }),
    })
    .openapi('BudgetImpact', { description: 'The impact of a write on one line' }),
)

/** The member `budget` of the answer to a write. */
export const BudgetImpacts = answerSchema(() =>
  z.array(BudgetImpact()).openapi({
    description:
      'The budget impact of the write. Of an expense: one item for `overall` and one for its category, in its month; if it ' +
      'moves, also for the category and the month that it leaves. Of a budget: one item for its target, in its month. The ' +
      'figures are those of the month view before and after.',
  }),
)

/** The answer to a deletion that has a budget impact. */
const deletion = (name: string) =>
  answerSchema(() => z.object({ budget: BudgetImpacts() }).openapi(name, { description: 'What the deletion does' }))

export const [ExpenseDeletion, BudgetDeletion] = [deletion('ExpenseDeletion'), deletion('BudgetDeletion')]
