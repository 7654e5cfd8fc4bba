import { and, eq, exists, getTableColumns, isNotNull, isNull, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { isChangedBy } from '../../db/changed.ts'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { categoryGuard } from '../categories/queries.ts'
import { revisionOf } from '../changes/revision.ts'
import {
  amongOwned,
  contains,
  deletion,
  everOwnedBy,
  newRow,
  orderOf,
  ownedBy,
  replacedBy,
  restoration,
  searchable,
  within,
} from '../ledger/queries.ts'
import { currencyOf } from '../users/queries.ts'
import { baseAmountOf } from './conversion.ts'
import type { ExpensePatch, ExpenseQuery, NewExpense } from './schema.ts'
import { expenses } from './table.ts'

const hasTag = (tag: string | undefined) =>
  tag === undefined ? undefined : sql`EXISTS (SELECT 1 FROM json_each(${expenses.tags}) WHERE value = ${tag})`

const isIn = (categoryId: string | undefined) => {
  if (categoryId === undefined) return undefined
  return categoryId === 'none' ? isNull(expenses.categoryId) : eq(expenses.categoryId, categoryId)
}

/** A page of the actor's expenses, and one more. Throws invalidRequest for a bad cursor. */
export const listExpenses = (actor: Actor, query: z.infer<typeof ExpenseQuery>) =>
  statements
    .select()
    .from(expenses)
    .where(
      and(
        within(expenses, actor, query),
        contains(query.q, expenses.merchantFolded, expenses.noteFolded),
        isIn(query.categoryId),
        hasTag(query.tag),
      ),
    )
    .orderBy(...orderOf(expenses, query.sort))
    .limit(query.limit + 1)

export const expenseColumns = (actor: Actor) => ({
  ...getTableColumns(expenses),
  revision: revisionOf(actor, 'expense', sql`${expenses.id}`),
})

export const expenseById = (actor: Actor, id: string) =>
  statements
    .select(expenseColumns(actor))
    .from(expenses)
    .where(ownedBy(expenses, actor, id))

/** The expense with this id, deleted or not. */
export const everExpenseById = (actor: Actor, id: string) =>
  statements
    .select(expenseColumns(actor))
    .from(expenses)
    .where(everOwnedBy(expenses, actor, id))

/** The revision of the expense, for its preconditions. */
export const expenseRevision = (actor: Actor, id: string) => revisionOf(actor, 'expense', sql`${id}`)

const rowOf = (actor: Actor, { merchant, note, ...rest }: z.infer<typeof NewExpense>) => {
  const row = { ...rest, ...newRow(actor, rest) }
  return {
    ...row,
    formerCategoryId: null,
    baseCurrency: currencyOf(actor),
    baseAmount: baseAmountOf({
      amount: sql`${row.amount}`,
      currency: sql`${row.currency}`,
      exchangeRate: sql`${row.exchangeRate}`,
      baseCurrency: currencyOf(actor),
    }),
    ...searchable('merchant', merchant),
    ...searchable('note', note),
  }
}

/** The base amount after a patch, which may name all that it is made of or any of it. */
const patchedBaseAmount = ({ amount, currency, exchangeRate }: z.infer<typeof ExpensePatch>) =>
  baseAmountOf({
    amount: sql`${amount ?? expenses.amount}`,
    currency: sql`${currency ?? expenses.currency}`,
    exchangeRate: sql`${exchangeRate === undefined ? expenses.exchangeRate : exchangeRate}`,
    baseCurrency: sql`${expenses.baseCurrency}`,
  })

const isAlreadyIn = (actor: Actor, id: string, categoryId: string) =>
  exists(
    statements
      .select({ id: expenses.id })
      .from(expenses)
      .where(and(ownedBy(expenses, actor, id), eq(expenses.categoryId, categoryId))),
  )

/** That the category which a body names, if it does, takes this expense, or has it already. */
export const expenseGuards = (actor: Actor, id: string, { categoryId }: { categoryId?: string | null | undefined }) =>
  categoryId ? [categoryGuard(actor, categoryId, isAlreadyIn(actor, id, categoryId))] : []

/** Makes the expense with this id, or replaces all of it but `createdAt`. */
export const putExpense = (actor: Actor, id: string, expense: z.infer<typeof NewExpense>) => {
  const { createdAt, ...replacement } = rowOf(actor, expense)
  return statements
    .insert(expenses)
    .values({ id, createdAt, ...replacement })
    .onConflictDoUpdate(replacedBy(expenses, replacement))
}

/** Changes what the patch names, unless it is so already. */
export const updateExpense = (actor: Actor, id: string, patch: z.infer<typeof ExpensePatch>) => {
  const { merchant, note, tags, ...rest } = patch
  const set = {
    ...rest,
    baseAmount: patchedBaseAmount(patch),
    ...(patch.categoryId !== undefined && { formerCategoryId: null }),
    ...(tags !== undefined && { tags: tags ?? [] }),
    ...searchable('merchant', merchant),
    ...searchable('note', note),
  }
  return statements
    .update(expenses)
    .set({ ...set, updatedAt: now() })
    .where(and(ownedBy(expenses, actor, id), isChangedBy(expenses, set)))
}

/** Deletes expenses: nothing sees them any more but `restoreExpense`. */
export const deleteExpenses = (actor: Actor, ids: string[]) =>
  statements
    .update(expenses)
    .set({ ...deletion(), formerCategoryId: sql`coalesce(category_id, former_category_id)`, categoryId: null })
    .where(amongOwned(expenses, actor, ids))

/** The category that a deleted expense had, if that is still there; the one that it has, if it is not deleted. */
export const restoredCategory = sql<string | null>`coalesce(expenses.category_id, (
  SELECT id FROM categories WHERE categories.user_id = expenses.user_id AND categories.id = expenses.former_category_id))`

export const restoreExpense = (actor: Actor, id: string) =>
  statements
    .update(expenses)
    .set({
      ...restoration(),
      categoryId: restoredCategory,
      // Stays where that is gone, so that whoever restores it again is told again.
      formerCategoryId: sql`CASE WHEN ${restoredCategory} IS NULL THEN former_category_id END`,
    })
    .where(and(everOwnedBy(expenses, actor, id), isNotNull(expenses.deletedAt)))
