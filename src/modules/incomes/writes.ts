import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Guard } from '../../db/guard.ts'
import { compile, compileEach, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { earningsImpact, noteEarnings } from '../budgets/impact.ts'
import { areAsSeen } from '../ledger/batch.ts'
import { digitsJson } from '../ledger/conversion.ts'
import { type Form, formOf, PATCH_FORM, type RowNames, withKeptLink } from '../ledger/items.ts'
import { areOwn, deletion, isOwn, isOwnIncludingDeleted, itemsJson, putRows, restoration } from '../ledger/queries.ts'
import { clockOf } from '../users/calendar-queries.ts'
import { incomeLinks } from './links.ts'
import { moveOf, moveOfItems } from './moves.ts'
import { incomeRows } from './queries.ts'
import { patchedItem, rowColumns, toItem, toPatchItem } from './row.ts'
import type { IncomePatch, IncomeReplacement, NewIncome } from './schema.ts'
import { incomes } from './table.ts'

type Own = Params<'userId' | 'id'>

const items = ({ items, userId }: Params<'items' | 'userId'>) =>
  sql`json_each(${items}), users WHERE users.id = ${userId}`

const notePut = compileEach((params: Params<RowNames | 'items' | 'ids'>, ...form: Form) =>
  noteEarnings(
    params.userId,
    sql`${moveOf(areOwn(params), '-')} UNION ALL ${moveOfItems(params, form, items(params))}`,
  ),
)

const upsert = compileEach((params: Params<RowNames | 'items'>, ...form: Form) =>
  putRows(incomes, rowColumns(params, ...form), items(params)),
)

type Put = { id: string; etag?: string | undefined } & (z.infer<typeof NewIncome> | z.infer<typeof IncomeReplacement>)

/** Makes or replaces some incomes, and deletes others, without a look at what may be wrong with them. */
const putAndDelete = (actor: Actor, put: Put[], deleted: string[]) => {
  const sent = put.map((item) => toItem(withKeptLink(item)))
  const form = formOf(sent)
  const values = { userId: actor.userId, at: now(), ...clockOf(actor), items: itemsJson(sent), digits: digitsJson() }
  const ids = JSON.stringify([...put.map(({ id }) => id), ...deleted])
  return {
    bookkeeping: earningsImpact(actor, notePut(...form)({ ...values, ids })),
    write: [
      ...(put.length > 0 ? [incomeLinks.touchUnlinked(values), upsert(...form)(values)] : []),
      ...incomeLinks.noteLinked(put, { ...values, ids }),
      ...(deleted.length > 0 ? removeAll({ ...values, ids: JSON.stringify(deleted) }) : []),
    ],
  }
}

/** Makes the income with this id, or replaces all of it but `createdAt`. */
export const putIncome = (
  actor: Actor,
  id: string,
  income: z.infer<typeof NewIncome> | z.infer<typeof IncomeReplacement>,
) => ({
  ...putAndDelete(actor, [{ id, ...income }], []),
  guards: incomeLinks.canBePosted(actor, { id, ...income }),
})

/** Puts some incomes and deletes others. `faults` is the guard that nothing is wrong with any of them. */
export const changeIncomes = (actor: Actor, sent: { put: Put[]; delete: string[] }, faults: Guard) => ({
  ...putAndDelete(actor, sent.put, sent.delete),
  guards: [...areAsSeen(actor, incomes, sent.put), faults],
})

type PatchNames = RowNames | 'id' | 'patch'

const patched = ({ userId, id, patch }: Params<PatchNames>) => sql`
  (SELECT ${patchedItem(patch)} AS value FROM incomes WHERE ${isOwn({ userId, id })}), users
  WHERE users.id = ${userId}`

const notePatch = compile((params: Params<PatchNames>) =>
  noteEarnings(
    params.userId,
    sql`${moveOf(isOwn(params), '-')} UNION ALL ${moveOfItems(params, PATCH_FORM, patched(params))}`,
  ),
)

const applyPatch = compile((params: Params<PatchNames>) =>
  putRows(incomes, rowColumns(params, ...PATCH_FORM), patched(params)),
)

/** Changes what the patch names, unless it is so already. */
export const patchIncome = (actor: Actor, id: string, patch: z.infer<typeof IncomePatch>) => {
  const item = JSON.stringify(toPatchItem(patch))
  const values = { userId: actor.userId, id, at: now(), ...clockOf(actor), patch: item, digits: digitsJson() }
  return {
    guards: [incomeRows.exists(actor, id)],
    bookkeeping: earningsImpact(actor, notePatch(values)),
    write: [applyPatch(values)],
  }
}

const noteRemoval = compile((params: Params<'userId' | 'ids'>) =>
  noteEarnings(params.userId, moveOf(areOwn(params), '-')),
)

const remove = compile(
  (params: Params<'userId' | 'ids' | 'at'>) =>
    sql`UPDATE incomes SET ${deletion(params.userId, params.at)} WHERE ${areOwn(params)}`,
)

const removeAll = (values: Record<'userId' | 'ids' | 'at', string | number>) => [
  ...incomeLinks.skipDeleted(values),
  remove(values),
]

/** Deletes the income: nothing sees it any more but its restoration. */
export const deleteIncome = (actor: Actor, id: string) => {
  const values = { userId: actor.userId, ids: JSON.stringify([id]), at: now() }
  return {
    guards: [incomeRows.exists(actor, id)],
    bookkeeping: earningsImpact(actor, noteRemoval(values)),
    write: removeAll(values),
  }
}

/** An income that is not deleted is taken away and added: nothing moves. */
const noteRestoration = compile((own: Own) =>
  noteEarnings(own.userId, sql`${moveOf(isOwn(own), '-')} UNION ALL ${moveOf(isOwnIncludingDeleted(own), '+')}`),
)

const restore = compile(
  ({ userId, id, at }: Params<'userId' | 'id' | 'at'>) => sql`UPDATE incomes SET ${restoration(userId, at)}
    WHERE ${isOwnIncludingDeleted({ userId, id })} AND deleted_at IS NOT NULL`,
)

export const restoreIncome = (actor: Actor, id: string) => {
  const values = { userId: actor.userId, id, at: now() }
  return {
    guards: [incomeRows.existsIncludingDeleted(actor, id), incomeLinks.canBePostedAgain(actor, id)],
    bookkeeping: earningsImpact(actor, noteRestoration(values)),
    write: [restore(values), ...incomeLinks.notePosted({ ...values, ids: JSON.stringify([id]) })],
  }
}
