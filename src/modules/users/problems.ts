import type { Conflicts } from '../../db/transaction.ts'
import { defineProblem } from '../../shared/problem.ts'

export const usernameTaken = defineProblem({
  code: 'username_taken',
  status: 409,
  title: 'The username is taken',
  detail: 'Another user has this username. Usernames are compared without case. Choose another one.',
})

export const emailTaken = defineProblem({
  code: 'email_taken',
  status: 409,
  title: 'The e-mail address is taken',
  detail: 'Another user has this e-mail address. Addresses are compared without case.',
})

export const currencyInUse = defineProblem({
  code: 'currency_in_use',
  status: 409,
  title: 'The currency is in use',
  detail:
    'You have expenses, incomes or plans in the current currency, perhaps ones deleted in the last 90 days, so it cannot ' +
    'change.',
})

/** The problem for each unique index of the table. */
export const nameConflicts: Conflicts = { users_username_key: usernameTaken, users_email_key: emailTaken }
