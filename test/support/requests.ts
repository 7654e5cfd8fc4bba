import { sql } from 'drizzle-orm'
import { newSecret, toToken } from '../../src/shared/user-token.ts'
import { type Employee, employee, importOf, newId, newName, PASSWORD } from './api.ts'
import { write } from './database.ts'
import { companyLogin, somebody } from './issuer.ts'

type Prepared = { path: string; body?: object }

const inADay = () => new Date(Date.now() + 86_400_000).toISOString()
const occurrenceOf = async (owner: Employee) => `/v1/plans/${(await owner.plans()).id}/occurrences/2026-11-30`

/** The token of a reset of the password, as if it had just been asked for. */
const resetTokenOf = async ({ user }: Employee) => {
  const { secret, hash } = await newSecret()
  await write(sql`INSERT INTO password_resets (account, user_id, email, hash, expires_at, requests, since)
    VALUES (${user.id}, ${user.id}, ${user.email}, ${hash}, ${Date.now() + 60_000}, 1, 1)
    ON CONFLICT DO UPDATE SET hash = excluded.hash`)
  return toToken('', user.id, secret)
}

/** The token of a proof of the owner's own address, as if it had just been asked for. */
const proofTokenOf = async ({ user }: Employee) => {
  const { secret, hash } = await newSecret()
  await write(sql`INSERT INTO email_proofs (user_id, email, hash, expires_at, requests, since)
    VALUES (${user.id}, ${user.email}, ${hash}, ${Date.now() + 60_000}, 1, 1)
    ON CONFLICT DO UPDATE SET email = excluded.email, hash = excluded.hash, expires_at = excluded.expires_at`)
  return toToken('', user.id, secret)
}

/** A request of each operation that succeeds for `owner`, who gets what it needs. */
const requests: Record<string, (owner: Employee) => Promise<Prepared> | Prepared> = {
  register: () => {
    const username = newName()
    return { path: '/v1/auth/register', body: { username, email: `${username}@example.com`, password: PASSWORD } }
  },
  login: ({ user }) => ({ path: '/v1/auth/login', body: { username: user.username, password: PASSWORD } }),
  logInByCompany: async () => ({ path: '/v1/auth/oidc', body: await companyLogin(somebody()) }),
  refreshSession: ({ session }) => ({ path: '/v1/auth/refresh', body: { refreshToken: session.refreshToken } }),
  requestPasswordReset: ({ user }) => ({ path: '/v1/auth/password-resets', body: { email: user.email } }),
  resetPassword: async (owner) => ({
    path: `/v1/auth/password-resets/${await resetTokenOf(owner)}`,
    body: { newPassword: PASSWORD },
  }),
  changePassword: () => ({
    path: '/v1/auth/password',
    body: { currentPassword: PASSWORD, newPassword: 'another horse, another staple' },
  }),
  logout: () => ({ path: '/v1/auth/logout' }),
  listSessions: () => ({ path: '/v1/auth/sessions' }),
  revokeSession: async (owner) => {
    const other = await owner.logInAgain()
    const { body } = await other.get('/v1/auth/sessions')
    const { id } = body.data.find(({ current }: { current: boolean }) => current)
    return { path: `/v1/auth/sessions/${id}` }
  },
  revokeOtherSessions: () => ({ path: '/v1/auth/sessions' }),
  createToken: () => ({ path: '/v1/tokens', body: { name: 'script', scopes: ['read'], expiresAt: inADay() } }),
  listTokens: () => ({ path: '/v1/tokens' }),
  revokeToken: async (owner) => ({ path: `/v1/tokens/${(await owner.makesToken()).id}` }),
  getMe: () => ({ path: '/v1/users/me' }),
  updateMe: () => ({ path: '/v1/users/me', body: { monthStartDay: 25 } }),
  exportMe: () => ({ path: '/v1/users/me/export' }),
  eraseMe: () => ({ path: '/v1/users/me', body: { password: PASSWORD } }),
  changeEmail: () => ({ path: '/v1/users/me/email', body: { email: `${newName()}@example.com`, password: PASSWORD } }),
  proveEmail: async (owner) => ({ path: '/v1/auth/email-proofs', body: { token: await proofTokenOf(owner) } }),
  listExpenses: () => ({ path: '/v1/expenses' }),
  exportExpenses: () => ({ path: '/v1/expenses/export' }),
  createExpense: () => ({ path: '/v1/expenses', body: { amount: 1299 } }),
  getExpense: async (owner) => ({ path: `/v1/expenses/${(await owner.spends()).id}` }),
  putExpense: () => ({ path: `/v1/expenses/${newId()}`, body: { amount: 1299, date: '2026-11-23' } }),
  updateExpense: async (owner) => ({ path: `/v1/expenses/${(await owner.spends()).id}`, body: { amount: 1 } }),
  deleteExpense: async (owner) => ({ path: `/v1/expenses/${(await owner.spends()).id}` }),
  restoreExpense: async (owner) => ({ path: `/v1/expenses/${await owner.deletes('/v1/expenses')}/restore` }),
  batchExpenses: () => ({
    path: '/v1/expenses/batch',
    body: { put: [{ id: newId(), date: '2026-11-23', amount: 1299 }] },
  }),
  listIncomes: () => ({ path: '/v1/incomes' }),
  exportIncomes: () => ({ path: '/v1/incomes/export?format=json' }),
  createIncome: () => ({ path: '/v1/incomes', body: { amount: 320_000 } }),
  getIncome: async (owner) => ({ path: `/v1/incomes/${(await owner.earns()).id}` }),
  putIncome: () => ({ path: `/v1/incomes/${newId()}`, body: { amount: 320_000, date: '2026-11-23' } }),
  updateIncome: async (owner) => ({ path: `/v1/incomes/${(await owner.earns()).id}`, body: { amount: 1 } }),
  deleteIncome: async (owner) => ({ path: `/v1/incomes/${(await owner.earns()).id}` }),
  restoreIncome: async (owner) => ({ path: `/v1/incomes/${await owner.deletes('/v1/incomes')}/restore` }),
  batchIncomes: () => ({
    path: '/v1/incomes/batch',
    body: { put: [{ id: newId(), date: '2026-11-23', amount: 1299 }] },
  }),
  createImport: () => ({ path: '/v1/imports', body: importOf(`2026-11-23,-12.99,${newId()}`) }),
  takeBackImport: async (owner) => ({ path: `/v1/imports/${(await owner.imports()).id}` }),
  listPlans: () => ({ path: '/v1/plans' }),
  createPlan: () => ({ path: '/v1/plans', body: { kind: 'expense', amount: 90_000, start: '2026-11-30' } }),
  getPlan: async (owner) => ({ path: `/v1/plans/${(await owner.plans()).id}` }),
  putPlan: () => ({ path: `/v1/plans/${newId()}`, body: { kind: 'expense', amount: 90_000, start: '2026-11-30' } }),
  updatePlan: async (owner) => ({ path: `/v1/plans/${(await owner.plans()).id}`, body: { amount: 95_000 } }),
  deletePlan: async (owner) => ({ path: `/v1/plans/${(await owner.plans()).id}` }),
  restorePlan: async (owner) => ({ path: `/v1/plans/${await owner.deletes('/v1/plans')}/restore` }),
  batchPlans: () => ({
    path: '/v1/plans/batch',
    body: { put: [{ id: newId(), kind: 'expense', amount: 90_000, start: '2026-11-30' }] },
  }),
  listOccurrences: async (owner) => {
    await owner.plans()
    return { path: '/v1/occurrences?from=2026-11-01&to=2027-11-30' }
  },
  putOccurrence: async (owner) => ({ path: await occurrenceOf(owner), body: { amount: 85_000 } }),
  deleteOccurrenceChange: async (owner) => ({ path: await occurrenceOf(owner) }),
  postOccurrence: async (owner) => ({ path: `${await occurrenceOf(owner)}/post`, body: {} }),
  listCategories: () => ({ path: '/v1/categories' }),
  createCategory: () => ({ path: '/v1/categories', body: { name: newName() } }),
  getCategory: async (owner) => ({ path: `/v1/categories/${(await owner.sorts()).id}` }),
  putCategory: () => ({ path: `/v1/categories/${newId()}`, body: { name: newName() } }),
  updateCategory: async (owner) => ({ path: `/v1/categories/${(await owner.sorts()).id}`, body: { archived: true } }),
  deleteCategory: async (owner) => ({ path: `/v1/categories/${(await owner.sorts()).id}` }),
  listMonths: () => ({ path: '/v1/months?from=2026-01&to=2026-12' }),
  getMonth: () => ({ path: '/v1/months/current' }),
  listBudgets: () => ({ path: '/v1/months/current/budgets' }),
  getBudget: async (owner) => ({ path: await owner.limits((await owner.sorts()).id) }),
  putBudget: async (owner) => ({
    path: `/v1/months/2026-11/budgets/${(await owner.sorts()).id}`,
    body: { limit: 40_000 },
  }),
  deleteBudget: async (owner) => ({ path: await owner.limits((await owner.sorts()).id) }),
  listAlerts: () => ({ path: '/v1/alerts' }),
  updateAlert: async (owner) => ({ path: `/v1/alerts/${(await owner.overspends()).id}`, body: { read: true } }),
  readAlerts: async (owner) => ({ path: '/v1/alerts/read', body: { upTo: (await owner.overspends()).id } }),
  getSpendingReport: () => ({ path: '/v1/reports/spending?by=category&from=2026-01&to=2026-12' }),
  getIncomeReport: () => ({ path: '/v1/reports/income?by=source&from=2026-01&to=2026-12' }),
  listChanges: () => ({ path: '/v1/changes' }),
  listCurrencies: () => ({ path: '/v1/currencies' }),
  listProblems: () => ({ path: '/problems' }),
  getProblem: () => ({ path: '/problems/not_found' }),
  getLiveness: () => ({ path: '/livez' }),
  getReadiness: () => ({ path: '/readyz' }),
}

/** The operations after which their caller's token or password is another one, or nobody's. */
const PARTING = ['refreshSession', 'logout', 'resetPassword', 'changePassword', 'eraseMe']

/** Somebody who can call this operation: `shared`, who is quicker to have, unless the operation would spoil them. */
export const callerOf = async (operationId: string, shared: Employee): Promise<Employee> =>
  PARTING.includes(operationId) ? employee() : shared

/** The request of this operation for `owner`. Throws where the table above has forgotten it. */
export const requestOf = async (operationId: string, owner: Employee): Promise<Prepared> => {
  const prepare = requests[operationId]
  if (!prepare) throw new Error(`test/support/requests.ts has no request of ${operationId}`)
  return prepare(owner)
}
