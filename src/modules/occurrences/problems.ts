import type { Conflicts } from '../../db/transaction.ts'
import { faultAt } from '../../http/problems.ts'
import { defineProblem } from '../../shared/problem.ts'
import { expenseConflicts } from '../expenses/problems.ts'
import { incomeConflicts } from '../incomes/problems.ts'
import { rateMessages } from '../ledger/problems.ts'

export const occurrenceNotFound = defineProblem({
  code: 'occurrence_not_found',
  status: 404,
  title: 'Occurrence not found',
  detail: 'The plan is not due on this day.',
})

const badAmount = faultAt('body', '/amount', 'converted_out_of_range', rateMessages.converted_out_of_range)

/** The problem for each constraint that a change of an occurrence can violate. */
export const changeConflicts: Conflicts = {
  plan_exceptions_base_amount_range: badAmount,
  'plan_exceptions.base_amount': badAmount,
}

/** The problem for each constraint that an expense or an income which is posted can violate. */
export const postingConflicts: Conflicts = { ...expenseConflicts, ...incomeConflicts }
