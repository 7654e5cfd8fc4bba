import { and, getTableColumns, isNotNull, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { isChangedBy } from '../../db/changed.ts'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { revisionOf } from '../changes/revision.ts'
import { idRows } from '../ledger/batch.ts'
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
import type { IncomeBatch, IncomePatch, IncomeQuery, NewIncome } from './schema.ts'
import { incomes } from './table.ts'

/** A page of the actor's incomes, and one more. Throws invalidRequest for a bad cursor. */
export const listIncomes = (actor: Actor, query: z.infer<typeof IncomeQuery>) =>
  statements
    .select()
    .from(incomes)
    .where(and(within(incomes, actor, query), contains(query.q, incomes.sourceFolded, incomes.noteFolded)))
    .orderBy(...orderOf(incomes, query.sort))
    .limit(query.limit + 1)

const columns = (actor: Actor) => ({
  ...getTableColumns(incomes),
  revision: revisionOf(actor, 'income', sql`${incomes.id}`),
})

/** Those of the actor's incomes that have one of these ids. */
export const incomesById = (actor: Actor, ids: string[]) =>
  statements
    .select(columns(actor))
    .from(incomes)
    .where(amongOwned(incomes, actor, ids))

export const incomeById = (actor: Actor, id: string) =>
  statements
    .select(columns(actor))
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

/** Changes what the patch names, unless it is so already. */
export const updateIncome = (actor: Actor, id: string, { source, note, ...rest }: z.infer<typeof IncomePatch>) => {
  const set = { ...rest, ...searchable('source', source), ...searchable('note', note) }
  return statements
    .update(incomes)
    .set({ ...set, updatedAt: now() })
    .where(and(ownedBy(incomes, actor, id), isChangedBy(incomes, set)))
}

/** Deletes incomes: nothing sees them any more but `restoreIncome`. */
export const deleteIncomes = (actor: Actor, ids: string[]) =>
  statements
    .update(incomes)
    .set(deletion())
    .where(amongOwned(incomes, actor, ids))

export const restoreIncome = (actor: Actor, id: string) =>
  statements
    .update(incomes)
    .set(restoration())
    .where(and(everOwnedBy(incomes, actor, id), isNotNull(incomes.deletedAt)))

/** What is at fault in the items of a batch, as `faultlessGuard` wants it. */
export const incomeFaults = (actor: Actor, { put, delete: deleted }: z.infer<typeof IncomeBatch>) => sql`
  SELECT '/put/' || key || '/currency' AS pointer, 'currency_mismatch' AS code
  FROM json_each(${JSON.stringify(put)}) WHERE json_extract(value, '$.currency') <> ${currencyOf(actor)}
  UNION ALL
  SELECT '/delete/' || key, 'unknown_income' FROM ${idRows(deleted)}
  WHERE NOT EXISTS (SELECT 1 FROM incomes WHERE user_id = ${actor.userId} AND id = value)`
