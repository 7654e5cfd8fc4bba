import type { Value } from '../../db/statement.ts'
import type { Conflicts } from '../../db/transaction.ts'
import { faultAt } from '../../http/problems.ts'
import { defineProblem, type Fault } from '../../shared/problem.ts'
import { CATEGORY_MUST_BE_LIVE } from '../categories/problems.ts'
import { rateConflicts, rateMessages } from '../ledger/problems.ts'

export const planNotFound = defineProblem({
  code: 'plan_not_found',
  status: 404,
  title: 'Plan not found',
  detail: 'You have no plan with this id.',
})

export const occurrencePosted = defineProblem({
  code: 'occurrence_posted',
  status: 409,
  title: 'Already posted',
  detail: 'The occurrence is an expense or an income already: `entryId` is its id. Change that one.',
})

/** Makes that problem of the row that a guard has read: the id of the entry. */
export const postedAs = ([row]: Value[][]) => occurrencePosted({ members: { entryId: String(row?.[0]) } })

const faults: Fault[] = [{ in: 'body', pointer: '', code: 'too_many_plans', message: 'You already have 200 plans' }]

/** The problem of a user who would have more plans than are allowed. */
export const plansFull = defineProblem({
  code: 'too_many_plans',
  status: 422,
  title: 'Too many plans',
  detail: 'You would have more than 200 plans, the most allowed. Delete those that have ended first.',
  faults,
})

export const tooManyPlans = () => plansFull({ errors: faults })

/** The faults of the link of an entry to a plan, by code. */
export const linkMessages = {
  unknown_plan: 'Must be a plan of yours, and of the same kind',
  not_due: 'Must be a day on which the plan is due',
  occurrence_posted: 'Is posted already, as another entry',
}

/** The faults of a plan that show only when it is compared with stored data, or within itself, by code. */
export const messages = {
  ...rateMessages,
  unknown_category: CATEGORY_MUST_BE_LIVE,
  kind_fixed: 'A plan keeps its kind: make another plan',
  not_of_kind: 'Plans of this kind do not have this member',
  rate_unknown: "Must be `confirm` if the currency is not the user's: each day has a rate of its own",
  before_start: 'Must not be before `start`',
  not_of_start:
    'Must be the day of `start` or, where that is the last of its month, a later one; only of months and years',
  incomplete: 'Must have both `every` and `unit`',
  unknown_plan: 'Must be a plan of yours',
}

type Code = keyof typeof messages

/** Makes the fault of a member of the body. */
export const faultOf = (pointer: string, code: Code) => faultAt('body', pointer, code, messages[code])

/** Makes the fault of a member of an entry that links it to a plan. */
export const linkFaultOf = (pointer: string, code: keyof typeof linkMessages) =>
  faultAt('body', pointer, code, linkMessages[code])

/** The problem of a day from which a plan cannot be continued. */
export const dayOutside = faultAt(
  'query',
  '/from',
  'out_of_range',
  'Must be after the start of the plan, and not after the last day on which it is due',
)

/** The problem of a plan that would be due anew where it is posted. */
export const postedSince = faultAt(
  'query',
  '/from',
  'posted_since',
  'Must be after the last day that is posted, if `start` or `repeat` changes',
)

/** The problem of a plan that would start before the day from which it continues another. */
export const startsTooEarly = faultAt('body', '/start', 'before_from', 'Must not be before `from`')

/** The problem for each constraint that a write of a plan can violate. */
export const planConflicts: Conflicts = {
  ...rateConflicts('plans'),
  // The amount of an occurrence that was changed, where the plan gets another currency or rate.
  ...rateConflicts('plan_exceptions'),
  plans_until_range: faultOf('/until', 'before_start'),
  plans_month_day_fits: faultOf('/repeat/day', 'not_of_start'),
  plans_repeat_whole: faultOf('/repeat', 'incomplete'),
}
