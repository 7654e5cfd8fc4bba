import { z } from '@hono/zod-openapi'
import { pageQuery } from '../../http/pagination.ts'
import { answerSchema, docs, Id } from '../../http/schema.ts'
import { BudgetSetting, toBudgetSetting } from '../budgets/schema.ts'
import { Category, toCategory } from '../categories/schema.ts'
import { Expense, toExpense } from '../expenses/schema.ts'
import { Income, toIncome } from '../incomes/schema.ts'
import { toUser, User } from '../users/schema.ts'
import type { ChangedRow } from './queries.ts'

const changeOf = <T extends string>(type: T, id: z.ZodType, data: z.ZodType) =>
  z.object({
    type: z.literal(type),
    id,
    deleted: z.boolean().register(docs, { example: false }),
    etag: z.string().nullable().register(docs, {
      description: 'What `If-Match` takes; null where it is deleted',
      example: '"17"',
    }),
    data: z.union([data, z.null()]).register(docs, { description: 'It, as it is now; null where it is deleted' }),
  })

const BudgetId = z.string().register(docs, { description: '`month/target/scope`', example: '2026-11/overall/onward' })

const Change = answerSchema(() =>
  z
    .discriminatedUnion('type', [
      changeOf('expense', Id, Expense()),
      changeOf('income', Id, Income()),
      changeOf('category', Id, Category()),
      changeOf('budget', BudgetId, BudgetSetting()),
      changeOf('user', Id, User()),
    ])
    .openapi('Change', { description: 'Something that was made, changed or deleted' }),
)

export const ChangePage = answerSchema(() =>
  z
    .object({
      changes: z.array(Change()),
      nextCursor: z
        .string()
        .register(docs, { description: 'Send it as `since` to get what comes after', example: 'WyJ' }),
      hasMore: z.boolean().register(docs, { description: 'Whether there is more already', example: false }),
    })
    .openapi('ChangePage'),
)

export const ChangeQuery = z.strictObject({
  since: pageQuery.cursor.openapi({ description: '`nextCursor` of the page before; left out, all there is is told' }),
  limit: pageQuery.limit,
})

/** A revision in a cursor, which anybody can forge. */
export const Revision = z.int().min(0)

const dataOf = ({ change, expense, income, category, budget, user }: ChangedRow) => {
  switch (change.type) {
    case 'expense':
      return expense && toExpense(expense)
    case 'income':
      return income && toIncome(income)
    case 'category':
      return category && toCategory(category)
    case 'budget':
      return budget && toBudgetSetting(budget)
    case 'user':
      return user && toUser(user)
  }
}

export const toChange = (row: ChangedRow) => {
  const { type, id, deleted, revision } = row.change
  return { type, id, deleted, etag: deleted ? null : `"${revision}"`, data: deleted ? null : dataOf(row) } as z.infer<
    ReturnType<typeof Change>
  >
}
