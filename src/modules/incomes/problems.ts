import { defineProblem } from '../../shared/problem.ts'
import { CURRENCY_MUST_BE_HOME } from '../ledger/problems.ts'

export const incomeNotFound = defineProblem({
  code: 'income_not_found',
  status: 404,
  title: 'Income not found',
  detail: 'You have no income with this id.',
})

/** The messages for the faults of an item of a batch, by code. */
export const itemMessages = { currency_mismatch: CURRENCY_MUST_BE_HOME, unknown_income: 'Must be an income of yours' }
