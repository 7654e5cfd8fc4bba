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
  detail: 'You have another category of this name, perhaps in another case.',
})

export const categoryInUse = defineProblem({
  code: 'category_in_use',
  status: 409,
  title: 'The category is in use',
  detail: 'It has expenses or budgets. Say by `moveTo` where they go, or archive it instead.',
})

const faults: Fault[] = [
  { in: 'body', pointer: '', code: 'too_many_categories', message: 'You have 200 categories already' },
]

/** Documents the problem of a user who has as many categories as one can have. */
export const categoriesFull = defineProblem({
  code: 'too_many_categories',
  status: 422,
  title: 'Too many categories',
  detail: 'You have 200 categories already. Delete one, or merge two, first.',
  faults,
})

export const tooManyCategories = () => categoriesFull({ errors: faults })

/** The problem that the unique index of the names stands for. */
export const nameConflicts: Conflicts = { 'categories.user_id, categories.name_folded': categoryNameTaken }

export const CATEGORY_MUST_BE_LIVE = 'Must be a category of yours, not archived'

/** That the member which names a category names none that is the user's and takes expenses. */
export const categoryNotLive = (where: Fault['in'], pointer: string) =>
  faultAt(where, pointer, 'unknown_category', CATEGORY_MUST_BE_LIVE)
