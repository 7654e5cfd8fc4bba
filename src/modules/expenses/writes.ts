import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, compileEach, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { batchImpact, noteSpending, spendingImpact } from '../budgets/impact.ts'
import {
  isLiveCategory,
  releaseCategory,
  restoreCategory,
  restoredCategory,
  takesCategory,
} from '../categories/assignment.ts'
import { categoryNotLive } from '../categories/problems.ts'
import { areAsSeen } from '../ledger/batch.ts'
import { digitsJson } from '../ledger/conversion.ts'
import { type RowNames, withKeptLink } from '../ledger/items.ts'
import {
  areOwn,
  deletion,
  insertRows,
  isOwn,
  isOwnIncludingDeleted,
  itemsJson,
  putRows,
  restoration,
} from '../ledger/queries.ts'
import { clockOf } from '../users/calendar-queries.ts'
import { expenseLinks } from './links.ts'
import { moveOf, moveOfItems } from './moves.ts'
import { expenseRows } from './queries.ts'
import { type Form, formOf, newColumns, PATCH_FORM, patchedItem, replacedColumns, toItem, toPatchItem } from './row.ts'
import type { ExpensePatch, ExpenseReplacement, NewExpense } from './schema.ts'
import { expenses } from './table.ts'

type Own = Params<'userId' | 'id'>

type CategoryNames = 'userId' | 'id' | 'categoryId'

const requireCategory = compileEach((params: Params<CategoryNames>, isNew: boolean) =>
  requires(isNew ? isLiveCategory(params) : takesCategory(expenses, params)),
)

/** Requires that the category which a body names, if it does, takes this expense, or has it already. */
const categoryTakes = (
  { userId }: Actor,
  id: string,
  categoryId: string | null | undefined,
  isNew = false,
): Guard[] => {
  if (!categoryId) return []
  const statement = requireCategory(isNew)({ userId, id, categoryId })
  return [{ statement, problem: categoryNotLive('body', '/categoryId') }]
}

type ItemNames = RowNames | 'items'

const items = (params: Params<'items' | 'userId'>) =>
  sql`json_each(${params.items}), users WHERE users.id = ${params.userId}`

const noteCreation = compileEach((params: Params<ItemNames>, ...form: Form) => {
  const [, , hasRefunds] = form
  return noteSpending(params.userId, moveOfItems(params, form, items(params), hasRefunds), hasRefunds)
})

const insert = compileEach((params: Params<ItemNames>, ...form: Form) =>
  insertRows(expenses, newColumns(params, ...form), items(params)),
)

type Item = ReturnType<typeof toItem>

const valuesOf = (actor: Actor, sent: Item[]) => ({
  userId: actor.userId,
  at: now(),
  ...clockOf(actor),
  items: itemsJson(sent),
  digits: digitsJson(),
})

/** What of an item decides which lines it is on: all that the noting of its lines needs. */
const toMove = ({ amount, refund, currency, date, exchangeRate, categoryId }: Item) => ({
  amount,
  refund,
  currency,
  date,
  exchangeRate,
  categoryId,
})

const movesJson = (sent: Item[]) => itemsJson(sent.map(toMove))

/** Makes an expense with this id, which no other has. */
export const createExpense = (actor: Actor, id: string, expense: z.infer<typeof NewExpense>) => {
  const sent = [toItem({ id, ...expense })]
  const values = valuesOf(actor, sent)
  const note = noteCreation(...formOf(sent))({ ...values, items: movesJson(sent) })
  return {
    guards: categoryTakes(actor, id, expense.categoryId, true),
    bookkeeping: spendingImpact(actor, note),
    write: [insert(...formOf(sent))(values)],
  }
}

const notePut = compileEach((params: Params<ItemNames | 'ids'>, ...form: Form) =>
  noteSpending(
    params.userId,
    sql`${moveOf(areOwn(params), '-')} UNION ALL ${moveOfItems(params, form, items(params))}`,
  ),
)

const upsert = compileEach((params: Params<ItemNames>, ...form: Form) =>
  putRows(expenses, replacedColumns(params, ...form), items(params)),
)

type Put = { id: string; etag?: string | undefined } & z.infer<typeof ExpenseReplacement>

/** Makes or replaces some expenses, and deletes others, without a look at what may be wrong with them. */
const putAndDelete = (actor: Actor, put: Put[], deleted: string[]) => {
  const sent = put.map((item) => toItem(withKeptLink(item)))
  const values = valuesOf(actor, sent)
  const ids = JSON.stringify([...put.map(({ id }) => id), ...deleted])
  return {
    bookkeeping: spendingImpact(actor, notePut(...formOf(sent))({ ...values, ids, items: movesJson(sent) })),
    write: [
      ...(put.length > 0 ? [expenseLinks.touchUnlinked(values), upsert(...formOf(sent))(values)] : []),
      ...expenseLinks.noteLinked(sent, { ...values, ids }),
      ...(deleted.length > 0 ? removeAll({ ...values, ids: JSON.stringify(deleted) }) : []),
    ],
  }
}

/** Makes the expense with this id, or replaces all of it but `createdAt`. */
export const putExpense = (actor: Actor, id: string, expense: z.infer<typeof ExpenseReplacement>) => ({
  ...putAndDelete(actor, [{ id, ...expense }], []),
  guards: [...categoryTakes(actor, id, expense.categoryId), ...expenseLinks.canBePosted(actor, { id, ...expense })],
})

/** Puts some expenses and deletes others. `faults` is the guard that nothing is wrong with any of them. */
export const changeExpenses = (actor: Actor, sent: { put: Put[]; delete: string[] }, faults: Guard) => {
  const { write, bookkeeping } = putAndDelete(actor, sent.put, sent.delete)
  return {
    guards: [...areAsSeen(actor, expenses, sent.put), faults],
    bookkeeping: batchImpact(actor, bookkeeping),
    write,
  }
}

type PatchNames = RowNames | 'id' | 'patch'

const patched = ({ userId, id, patch }: Params<PatchNames>) => sql`
  (SELECT ${patchedItem(patch)} AS value FROM expenses WHERE ${isOwn({ userId, id })}), users
  WHERE users.id = ${userId}`

const notePatch = compile((params: Params<PatchNames>) =>
  noteSpending(
    params.userId,
    sql`${moveOf(isOwn(params), '-')} UNION ALL
      ${moveOfItems(params, PATCH_FORM, patched(params))}`,
  ),
)

const applyPatch = compile((params: Params<PatchNames>) =>
  putRows(expenses, replacedColumns(params, ...PATCH_FORM), patched(params)),
)

/** Changes what the patch names, unless it is so already. */
export const patchExpense = (actor: Actor, id: string, patch: z.infer<typeof ExpensePatch>) => {
  const item = JSON.stringify(toPatchItem(patch))
  const values = { userId: actor.userId, id, at: now(), ...clockOf(actor), patch: item, digits: digitsJson() }
  return {
    guards: [expenseRows.exists(actor, id), ...categoryTakes(actor, id, patch.categoryId)],
    bookkeeping: spendingImpact(actor, notePatch(values)),
    write: [applyPatch(values)],
  }
}

const noteRemoval = compile((params: Params<'userId' | 'ids'>) =>
  noteSpending(params.userId, moveOf(areOwn(params), '-')),
)

const remove = compile(
  (params: Params<'userId' | 'ids' | 'at'>) => sql`UPDATE expenses SET ${deletion(params.userId, params.at)},
    ${releaseCategory}
    WHERE ${areOwn(params)}`,
)

const removeAll = (values: Record<'userId' | 'ids' | 'at', string | number>) => [
  ...expenseLinks.skipDeleted(values),
  remove(values),
]

/** Deletes the expense: nothing sees it any more but its restoration. */
export const deleteExpense = (actor: Actor, id: string) => {
  const values = { userId: actor.userId, ids: JSON.stringify([id]), at: now() }
  return {
    guards: [expenseRows.exists(actor, id)],
    bookkeeping: spendingImpact(actor, noteRemoval(values)),
    write: removeAll(values),
  }
}

/** An expense that is not deleted is taken away and added: nothing moves, and the impact says so. */
const noteRestoration = compile((own: Own) =>
  noteSpending(
    own.userId,
    sql`${moveOf(isOwn(own), '-')} UNION ALL
      ${moveOf(isOwnIncludingDeleted(own), '+', restoredCategory(expenses))}`,
  ),
)

const restore = compile(
  ({ userId, id, at }: Params<'userId' | 'id' | 'at'>) => sql`UPDATE expenses SET ${restoration(userId, at)},
    ${restoreCategory(expenses)}
    WHERE ${isOwnIncludingDeleted({ userId, id })} AND deleted_at IS NOT NULL`,
)

export const restoreExpense = (actor: Actor, id: string) => {
  const values = { userId: actor.userId, id, at: now() }
  return {
    guards: [expenseRows.existsIncludingDeleted(actor, id), expenseLinks.canBePostedAgain(actor, id)],
    bookkeeping: spendingImpact(actor, noteRestoration(values)),
    write: [restore(values), ...expenseLinks.notePosted({ ...values, ids: JSON.stringify([id]) })],
  }
}
