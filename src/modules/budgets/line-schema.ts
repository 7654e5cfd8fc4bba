import { z } from '@hono/zod-openapi'
import { answerSchema, docs, Id, Month } from '../../http/schema.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'

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

export const money = (description: string, example: number) => z.int().register(docs, { description, example })
export const moneyOrNull = (description: string, example: number | null) =>
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

export const State = () =>
  z.enum(['under', 'alert', 'over']).register(docs, {
    description:
      '`over` where `available` is below 0, else `alert` where one of `alertPercents` is reached, else `under`; exactly ' +
      '100 % is not over',
    example: 'alert',
  })

export const available = (example: number) => moneyOrNull('`limit + carriedIn − spent`, to the cent', example)

export const percentUsed = () =>
  z.number().nullable().register(docs, {
    description: '`spent` in percent of `limit + carriedIn`, with one decimal; null where that is 0 or less',
    example: 82.8,
  })

export const spent = (description: string, example: number) => z.int().min(0).register(docs, { description, example })

const BudgetImpact = answerSchema(() =>
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
export const BudgetImpacts = answerSchema(() =>
  z.array(BudgetImpact()).openapi({
    description:
      'What the write has done to the budget. Of an expense: a verdict on `overall` and on its category, in its month; ' +
      'where it moves, also on those that it leaves. Of a budget: one on its target, in its month. They equal what the ' +
      'month view says before and after.',
  }),
)

/** The answer to a deletion that has a verdict. */
export const Deletion = answerSchema(() =>
  z
    .object({ budget: BudgetImpacts() })
    .openapi('Deletion', { description: 'It is gone, and what that does to the budget' }),
)
