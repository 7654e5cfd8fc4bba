import * as z from 'zod'
import type { RowOf } from '../../db/transaction.ts'
import { answerSchema, Id, Instant } from '../../http/schema.ts'
import { toInstant } from '../../shared/clock.ts'
import { Alert, toAlert } from '../budgets/alert-schema.ts'
import { BudgetSetting, toBudgetSetting } from '../budgets/schema.ts'
import { Category, toCategory } from '../categories/schema.ts'
import { Expense, toExpense } from '../expenses/schema.ts'
import { ImportCounts } from '../imports/schema.ts'
import { Income, toIncome } from '../incomes/schema.ts'
import { StoredOccurrenceChange } from '../occurrences/schema.ts'
import { Plan, toPlan } from '../plans/schema.ts'
import { ActiveSession, toActiveSession } from '../sessions/schema.ts'
import { ApiToken, toApiToken } from '../tokens/schema.ts'
import { TriedPassword, toUser, User } from '../users/schema.ts'
import type { everythingOf } from './queries.ts'

const DeletedAt = Instant.nullable().openapi({
  description: 'When it was deleted; null if it is not. Deleted ones are in no sum, and can be restored for 90 days',
  example: null,
})

const FormerCategoryId = Id.nullable().openapi({
  description: 'The category that a deleted one had, and gets back when it is restored',
  example: null,
})

export const AccountExport = answerSchema(() =>
  z
    .object({
      exportedAt: Instant.openapi({ description: 'When the server began to read' }),
      user: User(),
      categories: z.array(Category()),
      budgets: z.array(BudgetSetting()),
      plans: z.array(
        z.object({ ...Plan().shape, deletedAt: DeletedAt, formerCategoryId: FormerCategoryId }).openapi('ExportedPlan'),
      ),
      occurrenceChanges: z.array(StoredOccurrenceChange()),
      expenses: z.array(
        z
          .object({ ...Expense().shape, deletedAt: DeletedAt, formerCategoryId: FormerCategoryId })
          .openapi('ExportedExpense'),
      ),
      incomes: z.array(z.object({ ...Income().shape, deletedAt: DeletedAt }).openapi('ExportedIncome')),
      imports: z.array(
        z
          .object({
            id: Id,
            createdAt: Instant,
            counts: ImportCounts(),
            takenBack: z.boolean().openapi({ description: 'Whether it was taken back' }),
          })
          .openapi('ExportedImport'),
      ),
      alerts: z.array(Alert()),
      sessions: z.array(ActiveSession()),
      apiTokens: z.array(ApiToken()),
    })
    .openapi('AccountExport', { description: 'Everything that a user has on the server, at one moment' }),
)

type Selects = ReturnType<typeof everythingOf>
type Members = { [Name in keyof Selects]: (row: RowOf<Selects[Name]>) => object }

const toDeletedAt = ({ deletedAt }: { deletedAt: number | null }) => deletedAt && toInstant(deletedAt)

/** How each member of an export is made of a row. */
export const exportedBy = (sessionId: string): Members => ({
  user: toUser,
  categories: toCategory,
  budgets: toBudgetSetting,
  plans: (row) => ({ ...toPlan(row), deletedAt: toDeletedAt(row), formerCategoryId: row.formerCategoryId }),
  occurrenceChanges: (row) => row,
  expenses: (row) => ({ ...toExpense(row), deletedAt: toDeletedAt(row), formerCategoryId: row.formerCategoryId }),
  incomes: (row) => ({ ...toIncome(row), deletedAt: toDeletedAt(row) }),
  imports: ({ id, createdAt, counts, takenBack }) => ({
    id,
    createdAt: toInstant(createdAt),
    counts,
    takenBack: takenBack !== null,
  }),
  alerts: toAlert,
  sessions: toActiveSession(sessionId),
  apiTokens: toApiToken,
})

export const Erasure = z.strictObject({ password: TriedPassword }).openapi('Erasure')
