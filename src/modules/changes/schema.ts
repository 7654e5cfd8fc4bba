import * as z from 'zod'
import type { RowOf } from '../../db/transaction.ts'
import { entityTag } from '../../http/etag.ts'
import { badCursor, decodeCursor, encodeCursor, pageQuery } from '../../http/pagination.ts'
import { answerSchema, docs, Id } from '../../http/schema.ts'
import { BudgetSetting, toBudgetSetting } from '../budgets/schema.ts'
import { Category, toCategory } from '../categories/schema.ts'
import { Expense, toExpense } from '../expenses/schema.ts'
import { Income, toIncome } from '../incomes/schema.ts'
import { Plan, toPlan } from '../plans/schema.ts'
import { toUser, User } from '../users/schema.ts'
import { type changesAfter, endOf, KINDS, type Kind, type Position } from './queries.ts'

const changeOf = <T extends Exclude<Kind, 'deletion'>>(type: T, id: z.ZodType, data: z.ZodType) => {
  const change = z.object({
    type: z.literal(type),
    id,
    deleted: z.boolean().register(docs, { example: false }),
    etag: z.string().nullable().register(docs, {
      description: 'Send it as `If-Match`; null if the item is deleted',
      example: '"3d1f8a2b4c5e-17"',
    }),
    data: z.union([data, z.null()]).register(docs, { description: 'The item as it is now; null if it is deleted' }),
  })
  return change.openapi(`${type.slice(0, 1).toUpperCase()}${type.slice(1)}Change`)
}

const BudgetId = z.string().register(docs, { description: '`month/target/scope`', example: '2026-11/overall/onward' })

const Change = answerSchema(() =>
  z
    .discriminatedUnion('type', [
      changeOf('expense', Id, Expense()),
      changeOf('income', Id, Income()),
      changeOf('plan', Id, Plan()),
      changeOf('category', Id, Category()),
      changeOf('budget', BudgetId, BudgetSetting()),
      changeOf('user', Id, User()),
    ])
    .openapi('Change', { description: 'An item that was created, changed or deleted' }),
)

export const ChangePage = answerSchema(() =>
  z
    .object({
      changes: z.array(Change()),
      nextCursor: z
        .string()
        .register(docs, { description: 'Send it as `since` to get the changes after these', example: 'WyJ' }),
      hasMore: z.boolean().register(docs, { description: 'Whether there are more changes already', example: false }),
    })
    .openapi('ChangePage'),
)

export const ChangeQuery = z.strictObject({
  since: pageQuery.cursor.openapi({
    description: '`nextCursor` of the page before. Left out, the answer starts with the first change',
  }),
  limit: pageQuery.limit,
})

/** A revision in a cursor. Anybody can forge a cursor. */
const Revision = z.int().min(0)

/** The content of a cursor: a position, its owner, and the user's revision when the client began, with no cursor. */
const CursorContent = z.tuple([z.literal('changes'), Revision, z.enum(KINDS), z.string().max(100), Id, Revision])

/** Where a client has come to, and the user's revision when it began; undefined if it begins now. */
export type Since = { position: Position; begun: number | undefined }

const START: Position = { revision: 0, kind: 'user', id: '' }

/** What a cursor of this user says, or the start if there is no cursor. Throws invalidRequest. */
export const fromSince = (userId: string, cursor: string | undefined): Since => {
  if (cursor === undefined) return { position: START, begun: undefined }
  const { success, data } = CursorContent.safeParse(decodeCursor(cursor))
  if (!success || data[4] !== userId) throw badCursor('since')
  return { position: { revision: data[1], kind: data[2], id: data[3] }, begun: data[5] }
}

/** The opaque cursor for it. */
export const toSince = (userId: string, { revision, kind, id }: Position, begun: number) =>
  encodeCursor(['changes', revision, kind, id, userId, begun])

const compare = (a: Position, b: Position) =>
  a.revision - b.revision || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.id < b.id ? -1 : Number(a.id > b.id))

/**
 * Whether a client may hold something of whose deletion it will never hear: those until revision `forgotten` are no longer
 * listed. It may, unless it has come past them, or has begun after them and never held what they deleted.
 */
export const isExpired = ({ position, begun }: Since, forgotten: number) =>
  begun !== undefined && begun < forgotten && compare(position, endOf(forgotten)) < 0

type AnyChange = z.infer<ReturnType<typeof Change>>

/** A change and its position among the others. */
export type PlacedChange = { position: Position; change: AnyChange }

const placed = (kind: Kind, id: string, revision: number, change: object): PlacedChange => ({
  position: { revision, kind, id },
  change: change as AnyChange,
})

type Live = { id: string; revision: number; deletedAt?: number | null }

const liveChange = (userId: string, kind: Kind, row: Live, data: object) => {
  const deleted = row.deletedAt != null
  const etag = deleted ? null : entityTag({ userId }, row.revision)
  return placed(kind, row.id, row.revision, { type: kind, id: row.id, deleted, etag, data: deleted ? null : data })
}

type Rows = { [K in Kind]: RowOf<ReturnType<typeof changesAfter>[K]>[] }

/** The changes that these rows stand for, in order. */
export const toChanges = (userId: string, rows: Rows): PlacedChange[] =>
  [
    ...rows.user
      .filter(({ isChanged }) => isChanged)
      .map((row) => liveChange(userId, 'user', { id: row.id, revision: row.settingsRevision }, toUser(row))),
    ...rows.category.map((row) => liveChange(userId, 'category', row, toCategory(row))),
    ...rows.plan.map((row) => liveChange(userId, 'plan', row, toPlan(row))),
    ...rows.expense.map((row) => liveChange(userId, 'expense', row, toExpense(row))),
    ...rows.income.map((row) => liveChange(userId, 'income', row, toIncome(row))),
    ...rows.budget.map((row) => liveChange(userId, 'budget', row, toBudgetSetting(row))),
    ...rows.deletion.map(({ id: resource, revision }) => {
      const [type, ...id] = resource.split('/')
      return placed('deletion', resource, revision, { type, id: id.join('/'), deleted: true, etag: null, data: null })
    }),
  ].sort((a, b) => compare(a.position, b.position))
