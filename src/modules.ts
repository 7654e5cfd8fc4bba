import { accountRoutes } from './modules/account/routes.ts'
import { confirmPassword } from './modules/auth/credentials.ts'
import { authRoutes } from './modules/auth/routes.ts'
import { alertsRoutes } from './modules/budgets/alert-routes.ts'
import { recountLines } from './modules/budgets/recount.ts'
import { budgetsRoutes } from './modules/budgets/routes.ts'
import { insertDefaultCategories } from './modules/categories/queries.ts'
import { categoriesRoutes } from './modules/categories/routes.ts'
import { changesRoutes } from './modules/changes/routes.ts'
import { currenciesRoutes } from './modules/currencies/routes.ts'
import { newProof } from './modules/emails/proof.ts'
import { cancelEmailChange } from './modules/emails/queries.ts'
import { emailsRoutes } from './modules/emails/routes.ts'
import { expenseBatchRoutes } from './modules/expenses/batch-routes.ts'
import { deleteCategory } from './modules/expenses/merge.ts'
import { expensesRoutes } from './modules/expenses/routes.ts'
import { healthRoutes } from './modules/health/routes.ts'
import { importsRoutes } from './modules/imports/routes.ts'
import { incomeBatchRoutes } from './modules/incomes/batch-routes.ts'
import { incomesRoutes } from './modules/incomes/routes.ts'
import { monthsRoutes } from './modules/months/routes.ts'
import { occurrencesRoutes } from './modules/occurrences/routes.ts'
import { oidcRoutes } from './modules/oidc/routes.ts'
import { planBatchRoutes } from './modules/plans/batch-routes.ts'
import { plansRoutes } from './modules/plans/routes.ts'
import { problemsRoutes } from './modules/problems/routes.ts'
import { reportsRoutes } from './modules/reports/routes.ts'
import { resetsRoutes } from './modules/resets/routes.ts'
import { sessionsRoutes } from './modules/sessions/routes.ts'
import { tokensRoutes } from './modules/tokens/routes.ts'
import { usersRoutes } from './modules/users/routes.ts'

/**
 * Every module of the API, in the order of the document, which is that in which one meets them: a new resource adds its
 * line. What a module causes in one above it, which it does not know, is handed to it here.
 */
export const modules = [
  authRoutes(insertDefaultCategories, newProof, cancelEmailChange),
  oidcRoutes(insertDefaultCategories),
  resetsRoutes,
  usersRoutes(recountLines, confirmPassword),
  emailsRoutes,
  accountRoutes,
  categoriesRoutes(deleteCategory),
  budgetsRoutes,
  expensesRoutes,
  expenseBatchRoutes,
  incomesRoutes,
  incomeBatchRoutes,
  monthsRoutes,
  alertsRoutes,
  plansRoutes,
  planBatchRoutes,
  occurrencesRoutes,
  reportsRoutes,
  importsRoutes,
  changesRoutes,
  sessionsRoutes,
  tokensRoutes,
  currenciesRoutes,
  problemsRoutes,
  healthRoutes,
]

/** What the document says of the tag of each, in the same order. */
export const tags = [
  { name: 'Authentication', description: 'Register, log in, get new tokens and change the password' },
  { name: 'Users', description: 'Your own account and its settings' },
  { name: 'Categories', description: 'The groups into which you sort your expenses' },
  { name: 'Budgets', description: 'Monthly limits, on a category or on everything: one holds until you set another' },
  {
    name: 'Expenses',
    description: 'What you spend: each write tells in `budget` what is available before and after it',
  },
  { name: 'Incomes', description: 'What you earn' },
  { name: 'Months', description: 'What you earned, spent and have left, month by month' },
  { name: 'Alerts', description: 'The thresholds of your budgets that your expenses have crossed' },
  { name: 'Plans', description: 'What is still to come: rent, subscriptions, a salary' },
  { name: 'Reports', description: 'What you spent and earned, summed up for charts' },
  { name: 'Imports', description: 'Bring your expenses and incomes from a bank or another app' },
  {
    name: 'Changes',
    description: 'Everything that has changed since a cursor, deletions included, to keep a copy offline',
  },
  { name: 'Sessions', description: 'See where you are logged in, and log out there' },
  { name: 'Tokens', description: 'Let scripts act for you, as far as you allow' },
  { name: 'Currencies', description: 'What money can be in, and with how many decimals' },
  { name: 'Problems', description: 'Every error that the API answers with' },
  { name: 'Health', description: 'Whether the server runs and can do its work' },
]
