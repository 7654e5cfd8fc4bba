import * as z from 'zod'
import { pageQuery } from '../../http/pagination.ts'
import {
  Amount,
  answerSchema,
  Currency,
  Day,
  docs,
  Id,
  Instant,
  lowerCaseText,
  monthOr,
  queryInteger,
  text,
} from '../../http/schema.ts'
import { toInstant } from '../../shared/clock.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import type { LedgerRow } from './columns.ts'

export const Note = text(0, 500, { example: 'Team lunch' }).nullable()

export const Merchant = text(0, 120, { example: 'Chez Paul' }).nullable()

export const Source = text(0, 120, { example: 'Salary' }).nullable()

const RATE = /^\d{1,8}(\.\d{1,10})?$/

/** User currency per unit of a foreign one. */
export const ExchangeRate = z
  .string()
  .refine((rate) => RATE.test(rate) && /[1-9]/.test(rate), {
    params: { code: 'invalid_rate' },
    message: 'Must be a decimal above 0, with up to 8 digits before the point and 10 after it',
  })
  .nullable()
  .register(docs, {
    description:
      "How much of the user's currency one unit of `currency` is worth, as a decimal above 0. Required if `currency` is not the user's, else null",
    pattern: RATE.source,
    example: null,
  })

export const CategoryId = Id.nullable().register(docs, {
  description: 'A category of the user, or null. An archived category keeps its expenses but takes no new ones',
})

export const Tag = lowerCaseText(1, 32)

/** A set: a tag that is sent twice is stored once. */
export const Tags = z
  .array(Tag)
  .max(10)
  .overwrite((tags) => [...new Set(tags)])
  .register(docs, {
    description: 'At most 10. Stored in lower case and without duplicates',
    example: ['client', 'lunch'],
  })

/** The first members of an expense and of an income in an answer. */
export const entryMembers = {
  id: Id,
  amount: Amount,
  currency: Currency,
  date: Day.openapi({ example: '2026-11-23' }),
  exchangeRate: ExchangeRate,
  baseAmount: Amount.openapi({
    description: "The amount in minor units of the user's currency, rounded half to even. Every sum uses it",
  }),
}

const PlanId = Id.nullable().openapi({
  description: 'The plan that it was posted from, or null. Whoever posts offline sends it by PUT, with `planDue`',
  example: null,
})
const PlanDue = Day.nullable().openapi({
  description: 'The day on which it was due there, which can be another than its `date`; null without `planId`',
  example: null,
})

/** The members of an expense and of an income that tell which occurrence of a plan it is. */
export const linkMembers = { planId: PlanId, planDue: PlanDue }
type LinkMembers = { planId?: string | null | undefined; planDue?: string | null | undefined }

/** The last members of an expense and of an income in an answer. */
export const entryTimes = { createdAt: Instant, updatedAt: Instant }

/** The members that expenses and incomes share in a body that creates or replaces one. */
export const newEntryMembers = {
  amount: Amount,
  currency: Currency.optional().register(docs, { description: "One of `GET /v1/currencies`: the user's if left out" }),
  date: Day.optional().register(docs, { description: "Today in the user's time zone, if left out" }),
  exchangeRate: ExchangeRate.default(null),
  note: Note.default(null),
}

/** A PUT must have a date: without it, one resent after midnight would move the day. */
export const replacementMembers = {
  date: Day.openapi({ example: '2026-11-23' }),
  planId: PlanId.optional().register(docs, {
    description:
      'The plan of which it is an occurrence, to post that; null if it is none. Left out, with `planDue`, it stays what it is',
  }),
  planDue: PlanDue.optional(),
}

/** Refuses one of the members of a link without the other. */
export const checkLink = ({ planId, planDue }: LinkMembers, context: z.RefinementCtx) => {
  // Both are left out or null, or both are there.
  if (planId === planDue || (planId && planDue)) return
  const [path, other] = planId == null ? ['planId', 'planDue'] : ['planDue', 'planId']
  context.addIssue({
    code: 'custom',
    path: [path],
    params: { code: 'required' },
    message: `Is needed where ${other} is sent`,
  })
}

/** Refuses a batch that posts one occurrence twice. */
export const checkLinks = ({ put }: { put: LinkMembers[] }, context: z.RefinementCtx) => {
  const seen = new Set<string>()
  for (const [i, { planId, planDue }] of put.entries()) {
    const occurrence = `${planId}/${planDue}`
    if (planId && seen.has(occurrence)) {
      const [path, message] = [['put', i, 'planDue'], 'Must not be posted twice in the batch']
      context.addIssue({ code: 'custom', path, params: { code: 'duplicate' }, message })
    }
    seen.add(occurrence)
  }
}

/** The members that expenses and incomes share in a PATCH. */
export const entryPatchMembers = {
  amount: Amount.optional(),
  currency: Currency.optional(),
  date: Day.optional(),
  exchangeRate: ExchangeRate.optional(),
  note: Note.optional(),
}

const SORTS = ['-date', 'date', '-amount', 'amount'] as const
export type Sort = (typeof SORTS)[number]

const bound = queryInteger(0, MAX_AMOUNT)

/** How expenses and incomes are filtered, sorted and paged. */
export const entryFilters = {
  month: monthOr('current')
    .optional()
    .register(docs, {
      description:
        "A month `YYYY-MM` of the user's, which starts on their `monthStartDay`, or `current` for the one that runs. Not " +
        'together with `from` and `to`',
    }),
  from: Day.optional().register(docs, { description: 'The first day, inclusive' }),
  to: Day.optional().register(docs, { description: 'The last day, inclusive' }),
  minAmount: bound
    .optional()
    .register(docs, { description: 'The smallest `amount`, inclusive, in minor units of any currency' }),
  maxAmount: bound
    .optional()
    .register(docs, { description: 'The largest `amount`, inclusive, in minor units of any currency' }),
  q: text(1, 120, {
    description: 'Only rows whose merchant, source or note contains this text. Ignores case; has no wildcards',
  }).optional(),
  include: z
    .enum(['total'])
    .optional()
    .register(docs, { description: '`total` adds the sum and the number of all rows that the filters match' }),
  sort: z
    .enum(SORTS)
    .openapi('EntrySort')
    .default('-date')
    .register(docs, { description: 'The order. Rows with equal values are ordered by id, in the same direction' }),
  ...pageQuery,
}

/** A sum of rows, and how many there are. */
export const Total = answerSchema(() =>
  z
    .object({
      amount: z.int().register(docs, {
        description: "The sum, in minor units of the user's currency: of the `baseAmount` of each row",
        example: 35_200,
      }),
      count: z.int().register(docs, { description: 'How many rows there are', example: 17 }),
    })
    .openapi('Total'),
)

/** What a page has with `include=total`. */
export const pageTotal = () => ({
  total: Total()
    .optional()
    .openapi({ description: 'Of all that the filters match, on whatever page. Only with `include=total`' }),
})

type Ranges = { month?: string; from?: string; to?: string; minAmount?: number; maxAmount?: number }

/** Refuses filters that contradict each other. */
export const checkRanges = ({ month, from, to, minAmount, maxAmount }: Ranges, context: z.RefinementCtx) => {
  const fault = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: [name], params: { code: 'contradiction' }, message })
  if (month && (from || to)) fault('month', 'Cannot be combined with from and to')
  if (from && to && from > to) fault('to', 'Must not be before from')
  if (minAmount !== undefined && maxAmount !== undefined && minAmount > maxAmount) {
    fault('maxAmount', 'Must not be less than minAmount')
  }
}

/** `entryMembers` of a row. */
export const toEntry = ({
  id,
  amount,
  currency,
  date,
  exchangeRate,
  baseAmount,
}: Omit<LedgerRow, 'createdAt' | 'updatedAt' | 'revision'>) => ({
  id,
  amount,
  currency,
  date,
  exchangeRate,
  baseAmount,
})

/** `linkMembers` of a row. */
export const toLink = ({ planId, planDue }: { planId: string | null; planDue: string | null }) => ({ planId, planDue })

/** `entryTimes` of a row. */
export const toEntryTimes = (row: Pick<LedgerRow, 'createdAt' | 'updatedAt'>) => {
  const createdAt = toInstant(row.createdAt)
  // Most rows are never changed, and to write out an instant takes as long as all else in a row.
  return { createdAt, updatedAt: row.updatedAt === row.createdAt ? createdAt : toInstant(row.updatedAt) }
}
