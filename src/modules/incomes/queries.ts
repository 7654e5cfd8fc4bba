import { and } from 'drizzle-orm'
import type { z } from 'zod'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { contains, newRow, orderOf, ownedBy, searchable, within } from '../ledger/queries.ts'
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
    .select()
    .from(incomes)
    .where(ownedBy(incomes, actor, id))

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
    .onConflictDoUpdate({ target: [incomes.userId, incomes.id], set: replacement })
    .returning()
}

export const updateIncome = (actor: Actor, id: string, { source, note, ...rest }: z.infer<typeof IncomePatch>) =>
  statements
    .update(incomes)
    .set({ ...rest, ...searchable('source', source), ...searchable('note', note), updatedAt: now() })
    .where(ownedBy(incomes, actor, id))
    .returning()

export const deleteIncome = (actor: Actor, id: string) =>
  statements
    .delete(incomes)
    .where(ownedBy(incomes, actor, id))
    .returning({ id: incomes.id })
