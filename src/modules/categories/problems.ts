import type { Conflicts } from '../../db/transaction.ts'
import { faultAt } from '../../http/problems.ts'
import { defineProblem, type Fault } from '../../shared/problem.ts'

export const categoryNotFound = defineProblem({
  code: 'category_not_found',
  status: 404,
  title: 'Category not found',
  detail: 'You have no category with this id.',
})

export const categoryNameTaken = defineProblem({
  code: 'category_name_taken',
  status: 409,
  title: 'The name is taken',
  detail: 'You have another category with this name. Names are compared without case.',
})

export const categoryInUse = defineProblem({
  code: 'category_in_use',
  status: 409,
  title: 'The category is in use',
  detail:
    'The category has expenses, plans or budgets. Name the category that takes them in `moveTo`, or archive this one instead.',
})

export const budgetsConflict = defineProblem({
  code: 'budgets_conflict',
  status: 409,
  title: 'The budgets conflict',
  detail: 'There is a month in which one of the two categories has a limit, and together they would have none.',
})

const faults: Fault[] = [
  { in: 'body', pointer: '', code: 'too_many_categories', message: 'You already have 200 categories' },
]

/** The problem of a user who already has the most categories allowed. */
export const categoriesFull = defineProblem({
  code: 'too_many_categories',
  status: 422,
  title: 'Too many categories',
  detail: 'You already have 200 categories, the most allowed. Delete or merge one first.',
  faults,
})

export const tooManyCategories = () => categoriesFull({ errors: faults })

/** The problem for the unique index on the names. */
export const nameConflicts: Conflicts = { 'categories.user_id, categories.name_folded': categoryNameTaken }

export const CATEGORY_MUST_BE_LIVE = 'Must be a category of yours that is not archived'

/** Makes the fault of a member that must name a category of the user that is not archived. */
export const categoryNotLive = (where: Fault['in'], pointer: string) =>
  faultAt(where, pointer, 'unknown_category', CATEGORY_MUST_BE_LIVE)
