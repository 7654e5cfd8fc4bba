import { z } from '@hono/zod-openapi'
import { pageQuery } from '../../http/pagination.ts'
import { Amount, Currency, Day, docs, Id, Instant, Month, queryInteger, text } from '../../http/schema.ts'
import { toInstant } from '../../shared/clock.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import type { LedgerRow } from './columns.ts'

export const Note = text(0, 500, { example: 'Team lunch' }).nullable()

/** The members that an expense and an income begin with, as they are answered. */
export const entryMembers = { id: Id, amount: Amount, currency: Currency, date: Day.openapi({ example: '2026-11-23' }) }

/** The members that an expense and an income end with, as they are answered. */
export const entryTimes = { createdAt: Instant, updatedAt: Instant }

/** The members that a client sends, in a body that makes or replaces the whole. */
export const newEntryMembers = {
  amount: Amount,
  currency: Currency.optional().register(docs, { description: "The user's currency, which it also is if left out" }),
  date: Day.optional().register(docs, { description: "Today in the user's time zone if left out" }),
  note: Note.default(null),
}

/** What a PUT names beyond that: sent again past midnight, it must not move the day. */
export const replacementMembers = { date: Day.openapi({ example: '2026-11-23' }) }

/** The members that a client may change one by one. */
export const entryPatchMembers = {
  amount: Amount.optional(),
  currency: Currency.optional(),
  date: Day.optional(),
  note: Note.optional(),
}

const SORTS = ['-date', 'date', '-amount', 'amount'] as const
export type Sort = (typeof SORTS)[number]

const bound = queryInteger(0, MAX_AMOUNT)

/** How expenses and incomes are filtered, sorted and paged. */
export const entryFilters = {
  month: Month.optional().register(docs, {
    description: "A month of the user's, which starts on their `monthStartDay`",
  }),
  from: Day.optional().register(docs, { description: 'The first day, inclusive' }),
  to: Day.optional().register(docs, { description: 'The last day, inclusive' }),
  minAmount: bound
    .optional()
    .register(docs, { description: 'The smallest amount in minor units, whatever the currency, inclusive' }),
  maxAmount: bound
    .optional()
    .register(docs, { description: 'The largest amount in minor units, whatever the currency, inclusive' }),
  q: text(1, 120, {
    description: 'A part of the merchant, the source or the note, whatever the case; no character is a wildcard',
  }).optional(),
  sort: z
    .enum(SORTS)
    .default('-date')
    .register(docs, { description: 'The order; equal ones are in the order of their ids, in the same direction' }),
  ...pageQuery,
}

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
export const toEntry = ({ id, amount, currency, date }: Pick<LedgerRow, 'id' | 'amount' | 'currency' | 'date'>) => ({
  id,
  amount,
  currency,
  date,
})

/** `entryTimes` of a row. */
export const toEntryTimes = (row: Pick<LedgerRow, 'createdAt' | 'updatedAt'>) => ({
  createdAt: toInstant(row.createdAt),
  updatedAt: toInstant(row.updatedAt),
})
