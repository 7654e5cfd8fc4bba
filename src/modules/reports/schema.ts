import * as z from 'zod'
import { answerSchema, Currency, docs, queryInteger } from '../../http/schema.ts'
import { MonthName } from '../budgets/line-schema.ts'
import { ExpenseQuery } from '../expenses/schema.ts'
import { entryFilters, Total } from '../ledger/schema.ts'
import { checkMonthRange, monthRange } from '../months/schema.ts'
import { exampleReport } from './example.ts'

const filters = {
  ...monthRange,
  // biome-ignore lint/suspicious/noThenProperty: the name of a parameter, of an object that nobody awaits.
  then: z
    .enum(['month'])
    .optional()
    .register(docs, { description: '`month` splits each key by month. Not together with `by=month`' }),
  q: entryFilters.q,
  limit: queryInteger(1, 100).default(20).register(docs, {
    description: 'How many keys at most, 1 to 100: `rest` has the others. All months and all weekdays are always there',
    default: 20,
  }),
}

const checkReport = (query: { by: string; then?: string; from: string; to: string }, context: z.RefinementCtx) => {
  checkMonthRange(query, context)
  if (query.by === 'month' && query.then) {
    const message = 'Cannot be combined with by=month'
    context.addIssue({ code: 'custom', path: ['then'], params: { code: 'contradiction' }, message })
  }
}

export const SpendingQuery = z
  .strictObject({
    by: z
      .enum(['category', 'merchant', 'tag', 'month', 'weekday'])
      .openapi('SpendingGrouping', { description: 'What to sum by' }),
    ...filters,
    categoryId: ExpenseQuery.shape.categoryId,
    tag: ExpenseQuery.shape.tag,
  })
  .superRefine(checkReport)

export const EarningsQuery = z
  .strictObject({
    by: z.enum(['source', 'month']).openapi('EarningsGrouping', { description: 'What to sum by' }),
    ...filters,
  })
  .superRefine(checkReport)

const day = (description: string, example: string) =>
  z.string().register(docs, { description, format: 'date', example })
const sum = (example: number) =>
  z.int().register(docs, { description: "A sum, in minor units of the user's currency", example })
const count = (example: number) => z.int().register(docs, { description: 'Of how many rows', example })

const Row = answerSchema(() =>
  z
    .object({
      key: z
        .string()
        .nullable()
        .openapi({
          description:
            'The id of a category, or `none` for expenses without one; a merchant or source without regard to case, or null ' +
            'for rows without one; a tag; a month; or a weekday from `1`, Monday, to `7`',
        }),
      name: z.string().nullable().openapi({
        description: 'The key for people: the name of the category, or the merchant or source in its newest spelling',
      }),
      month: MonthName.optional().openapi({ description: 'The month `YYYY-MM`. Only with `then=month`' }),
      amount: sum(35_200),
      count: count(17),
    })
    .openapi('ReportRow', { description: 'The sum of a key, or of a key in a month' }),
)

const PreviousPeriod = answerSchema(() =>
  z
    .object({
      from: day('The first day', '2025-01-01'),
      to: day('The last day, inclusive', '2025-12-31'),
      total: sum(170_250),
    })
    .openapi('PreviousPeriod', { description: 'As many months before `from`, with the same filters' }),
)

const members = () => ({
  from: day('The first day', '2026-01-01'),
  to: day('The last day, inclusive', '2026-12-31'),
  currency: Currency,
  total: sum(181_499).openapi({ description: 'The sum of all rows that the filters match' }),
  count: count(58),
  data: z.array(Row()).openapi({
    description:
      'By month and by weekday in their order, with 0 where there is nothing; otherwise the largest amount first. With ' +
      '`then=month`, each key has a row for each month of the range',
  }),
  rest: z
    .union([Total(), z.null()])
    .register(docs, { description: 'The keys past `limit`, or null if there are none' }),
  previous: PreviousPeriod(),
})

export const SpendingReport = answerSchema(() =>
  z
    .object({
      ...members(),
      overlapping: z.literal(true).optional().openapi({
        description:
          'Only by tag: an expense counts for each of its tags, so that the rows and `rest` are no parts of `total`',
      }),
      untagged: Total().optional().openapi({ description: 'Only by tag: the expenses without any' }),
    })
    .openapi('SpendingReport', {
      description: 'What was spent on what. `total` is the sum of all `data` and of `rest`, except by tag',
      example: exampleReport,
    }),
)

export const EarningsReport = answerSchema(() =>
  z.object(members()).openapi('EarningsReport', {
    description: 'What came in from where. `total` is the sum of all `data` and of `rest`',
  }),
)
