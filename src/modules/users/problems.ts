import type { Conflicts } from '../../db/transaction.ts'
import { defineProblem } from '../../shared/problem.ts'

export const usernameTaken = defineProblem({
  code: 'username_taken',
  status: 409,
  title: 'The username is taken',
  detail: 'Another user has this username, perhaps in another case. Choose another one.',
})

export const emailTaken = defineProblem({
  code: 'email_taken',
  status: 409,
  title: 'The e-mail address is taken',
  detail: 'Another user has this e-mail address, perhaps in another case.',
})

export const currencyInUse = defineProblem({
  code: 'currency_in_use',
  status: 409,
  title: 'The currency is in use',
  detail: 'Money is recorded in the current currency, or was and can be restored, so it can no longer change.',
})

/** The problems that the unique indexes of the table stand for. */
export const nameConflicts: Conflicts = { users_username_key: usernameTaken, users_email_key: emailTaken }
