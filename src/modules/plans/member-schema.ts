import * as z from 'zod'
import { answerSchema, Day, docs, orNull } from '../../http/schema.ts'
import { CategoryId, Merchant, Note, Source, Tags } from '../ledger/schema.ts'

export const Kind = z.enum(['expense', 'income']).openapi('PlanKind', {
  description: 'Whether money is to go out or to come in. A plan keeps its kind',
  example: 'expense',
})

export const Start = Day.openapi({ description: 'The first day on which it is due', example: '2026-11-30' })

export const Until = Day.nullable().register(docs, {
  description: 'The last day on which it may be due, inclusive, and not before `start`; null for no end',
  example: null,
})

export const Every = z.int().min(1).max(99).register(docs, { description: 'How many units apart', example: 1 })
export const Unit = z.enum(['day', 'week', 'month', 'year']).openapi('RepeatUnit', { example: 'month' })

export const MonthDay = z
  .int()
  .min(29)
  .max(31)
  .nullable()
  .register(docs, {
    description:
      'The day of the month on which it is due, of months and years, where `start` is the last day of a month that is too ' +
      'short for it: 31 is the last day of every month. Null for the day of `start`',
    example: null,
  })

const repeatDocs = {
  description:
    'How often it is due, counted from `start`; null for once. In a month that is too short it is due on the last day: ' +
    '31 January, 28 February, 31 March',
}

export const NewRepeat = z
  .strictObject({ every: Every, unit: Unit, day: MonthDay.default(null) })
  .openapi('NewPlanRepeat')
  .nullable()
  .register(docs, repeatDocs)

/** The same in an answer, where no member is left out. */
export const Repeat = answerSchema(() =>
  orNull(z.object({ every: Every, unit: Unit, day: MonthDay }).openapi('PlanRepeat')).register(docs, repeatDocs),
)

export const Post = z.enum(['confirm', 'auto']).openapi('PlanPost', {
  description:
    'Whether each one waits until you post it, or is recorded by itself: `auto`, once an hour, what is due by today and was ' +
    'not posted or skipped, since `start`, at most 200 of a user at a time. Only `confirm` if the currency is not the ' +
    "user's: it needs the rate of its day. If left out: `confirm`",
  example: 'confirm',
})

const OF_EXPENSES = 'Plans of the kind `income` do not have it: null'
export const PlannedMerchant = Merchant.openapi({ description: OF_EXPENSES, example: 'Landlord' })
export const PlannedSource = Source.openapi({
  description: 'Plans of the kind `expense` do not have it: null',
  example: null,
})
export const PlannedCategoryId = CategoryId.openapi({
  description: `A category of the user that is not archived, or null. ${OF_EXPENSES}`,
})
export const PlannedTags = Tags.openapi({
  description: 'At most 10. Stored in lower case and without duplicates. Plans of the kind `income` have none',
  example: ['home'],
})
export const PlannedNote = Note.openapi({ example: 'Flat 4' })
