import { defineProblem, type Fault } from '../../shared/problem.ts'

export const budgetNotFound = defineProblem({
  code: 'budget_not_found',
  status: 404,
  title: 'Budget not found',
  detail: 'No budget is in force for this target in this month, or none is set with this scope.',
})

/** How many lines a batch may change: those of its items, and those of later months that follow them. */
export const MAX_LINES = 3000

const faultsOf = (most: number): Fault[] => [
  { in: 'body', pointer: '', code: 'too_many_lines', message: `Changes more than ${most} lines` },
]

const detailOf = (most: number) =>
  `The months of what is sent, and the later ones that follow them, have more than ${most} lines together. ` +
  'Nothing was written: send less at once, the oldest first.'

/** The problem of a batch that would hold up the writes of others. */
export const batchTooLarge = defineProblem({
  code: 'too_many_lines',
  status: 422,
  title: 'The write changes too many lines',
  detail: detailOf(MAX_LINES),
  faults: faultsOf(MAX_LINES),
})

/** Makes the problem of what would change more lines than `most`. */
export const tooManyLines = (most: number) => batchTooLarge({ detail: detailOf(most), errors: faultsOf(most) })
