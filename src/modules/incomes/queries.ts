import { and, getTableColumns, isNotNull, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { revisionOf } from '../changes/queries.ts'
import {
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
import type { IncomePatch, IncomeQuery, NewIncome } from './schema.ts'
import { incomes } from './table.ts'

/** A page of the actor's incomes, and one more. Throws invalidRequest for a bad cursor. */
export const listIncomes = (actor: Actor, query: z.infer<typeof IncomeQuery>) =>
  statements
    .select()
    .from(incomes)
    .where(and(within(incomes, actor, query), contains(query.q, incomes.sourceFolded, incomes.noteFolded)))
    .orderBy(...orderOf(incomes, query.sort))
    .limit(query.limit + 1)

export const incomeById = (actor: Actor, id: string) =>
  statements
    .select({ ...getTableColumns(incomes), revision: revisionOf(actor, 'income', sql`${incomes.id}`) })
    .from(incomes)
    .where(ownedBy(incomes, actor, id))

/** The revision of the income, for its preconditions. */
export const incomeRevision = (actor: Actor, id: string) => revisionOf(actor, 'income', sql`${id}`)

/** Makes the income with this id, or replaces all of it but `createdAt`. */
export const putIncome = (actor: Actor, id: string, { source, note, ...rest }: z.infer<typeof NewIncome>) => {
  const { createdAt, ...replacement } = {
    ...rest,
    ...newRow(actor, rest),
    ...searchable('source', source),
    ...searchable('note', note),
  }
  return statements
    .insert(incomes)
    .values({ id, createdAt, ...replacement })
    .onConflictDoUpdate(replacedBy(incomes, replacement))
}

export const updateIncome = (actor: Actor, id: string, { source, note, ...rest }: z.infer<typeof IncomePatch>) =>
  statements
    .update(incomes)
    .set({ ...rest, ...searchable('source', source), ...searchable('note', note), updatedAt: now() })
    .where(ownedBy(incomes, actor, id))

/** Deletes the income: nothing sees it any more but `restoreIncome`. */
export const deleteIncome = (actor: Actor, id: string) =>
  statements
    .update(incomes)
    .set(deletion())
    .where(ownedBy(incomes, actor, id))

export const restoreIncome = (actor: Actor, id: string) =>
  statements
    .update(incomes)
    .set(restoration())
    .where(and(everOwnedBy(incomes, actor, id), isNotNull(incomes.deletedAt)))
