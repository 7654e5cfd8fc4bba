import * as z from 'zod'
import { pageOf, pageQuery } from '../../http/pagination.ts'
import { Amount, answerSchema, Currency, Day, docs, Id } from '../../http/schema.ts'
import { toDayNumber } from '../../shared/calendar.ts'
import { ExpenseWithBudget } from '../expenses/schema.ts'
import { Income } from '../incomes/schema.ts'
import { ExchangeRate, Note } from '../ledger/schema.ts'
import { Kind, PlannedCategoryId, PlannedMerchant, PlannedNote, PlannedSource } from '../plans/member-schema.ts'

const STATES = ['planned', 'overdue', 'posted', 'skipped'] as const

const Due = Day.openapi({ description: 'The day on which the plan is due', example: '2026-11-30' })

const State = z.enum(STATES).openapi('OccurrenceState', {
  description:
    '`planned`: still to come, today included. `overdue`: its `date` has passed. `posted`: it is an expense or an income, ' +
    '`entryId`. `skipped`: it is left out, or its expense or income was deleted',
  example: 'planned',
})

export const Occurrence = answerSchema(() =>
  z
    .object({
      planId: Id,
      due: Due,
      date: Day.openapi({ description: '`due`, or the day to which it was moved', example: '2026-11-30' }),
      kind: Kind,
      amount: Amount.openapi({ example: 90_000 }),
      currency: Currency,
      exchangeRate: ExchangeRate,
      baseAmount: Amount.openapi({ description: "The amount in minor units of the user's currency", example: 90_000 }),
      categoryId: PlannedCategoryId,
      merchant: PlannedMerchant,
      source: PlannedSource,
      note: PlannedNote,
      tags: z.array(z.string()).register(docs, { example: ['home'] }),
      state: State,
      entryId: Id.nullable().register(docs, {
        description: 'The expense or the income, if it is posted',
        example: null,
      }),
    })
    .openapi('Occurrence', {
      description: 'One of the times on which a plan is due. Of what is posted, the figures are those of the entry',
    }),
)

export const OccurrencePage = pageOf(Occurrence, 'OccurrencePage')

/** How many days a list of occurrences spans at most. */
const MAX_DAYS = 400

const checkSpan = ({ from, to }: { from: string; to: string }, context: z.RefinementCtx) => {
  const fault = (code: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['to'], params: { code }, message })
  if (to < from) fault('contradiction', 'Must not be before from')
  else if (toDayNumber(to) - toDayNumber(from) >= MAX_DAYS) fault('too_long', `Must be within ${MAX_DAYS} days`)
}

export const OccurrenceQuery = z
  .strictObject({
    from: Day.openapi({ description: 'The first day on which they are due, inclusive', example: '2026-11-01' }),
    to: Day.openapi({ description: 'The last one, inclusive, at most 400 days in all', example: '2026-11-30' }),
    state: State.optional().openapi({ description: 'Only those in this state', example: undefined }),
    kind: Kind.optional().openapi({ description: 'Only those of this kind', example: undefined }),
    ...pageQuery,
  })
  .superRefine(checkSpan)

/** The occurrence of a plan in a path. It has no example, because /apidocs would send it. */
export const OccurrenceParams = z.strictObject({
  id: Id.openapi({ param: { name: 'id', in: 'path' }, example: undefined }),
  due: Day.openapi({ param: { name: 'due', in: 'path' }, description: 'The day on which it is due' }),
})

const changed = {
  amount: Amount.nullable().openapi({ description: 'Instead of that of the plan', example: 85_000 }),
  date: Day.nullable().openapi({ description: 'Instead of the day on which it is due', example: null }),
  note: Note.openapi({ description: 'Instead of that of the plan', example: null }),
  skipped: z.boolean().register(docs, { description: 'Whether it is left out', example: false }),
}

export const OccurrenceChange = z
  .strictObject({
    amount: changed.amount.default(null),
    date: changed.date.default(null),
    note: changed.note.default(null),
    skipped: changed.skipped.default(false),
  })
  .openapi('OccurrenceChange', { example: { amount: 85_000 } })

/** How one occurrence departs from its plan, as it is stored. */
export const StoredOccurrenceChange = answerSchema(() =>
  z.object({ planId: Id, due: Due, ...changed }).openapi('StoredOccurrenceChange'),
)

export const Posting = z
  .strictObject({
    amount: Amount.optional().openapi({ description: 'That of the occurrence, if left out', example: 90_000 }),
    date: Day.optional().openapi({ description: 'That of the occurrence, if left out', example: '2026-11-30' }),
    exchangeRate: ExchangeRate.optional().openapi({
      description: "Required if the plan is not in the user's currency: that of the plan is an estimate",
      example: null,
    }),
  })
  .openapi('Posting', { example: { amount: 90_000 } })

/** The answer to a posting. */
export const PostedEntry = answerSchema(() => z.union([ExpenseWithBudget(), Income()]).openapi('PostedEntry'))
