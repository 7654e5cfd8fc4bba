import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Guard } from '../../db/guard.ts'
import { compile, compileEach, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { releaseCategory, restoreCategory } from '../categories/assignment.ts'
import { areAsSeen } from '../ledger/batch.ts'
import { digitsJson } from '../ledger/conversion.ts'
import { areOwn, deletion, isOwn, isOwnIncludingDeleted, itemsJson, putRows, restoration } from '../ledger/queries.ts'
import { currentRevision, newRevision } from '../ledger/revision.ts'
import { convertExceptions, dropChanges, dropForeignAmounts } from './exceptions.ts'
import { canBePatched, canBePut, hasRoom } from './guards.ts'
import type { NewPlan, PlanPatch } from './input-schema.ts'
import { planRows } from './queries.ts'
import { type RowNames, rowColumns, storedItem, toItem, toPatchItem } from './row.ts'
import { plans } from './table.ts'

/** A plan that was deleted begins anew, and continues none. */
const forgetPrevious = compile(
  ({ userId, ids }: Params<'userId' | 'ids'>) => sql`UPDATE plans SET previous_id = NULL
    WHERE user_id = ${userId} AND id IN (SELECT value FROM json_each(${ids})) AND deleted_at IS NOT NULL`,
)

const upsert = compileEach((params: Params<RowNames | 'items'>, isForeign: boolean) =>
  putRows(
    plans,
    rowColumns(params, isForeign),
    sql`json_each(${params.items}), users WHERE users.id = ${params.userId}`,
  ),
)

const remove = compile(
  (params: Params<'userId' | 'ids' | 'at'>) => sql`UPDATE plans SET ${deletion(params.userId, params.at)},
    ${releaseCategory}
    WHERE ${areOwn(params)}`,
)

const putAll = (isForeign: boolean, values: Record<RowNames | 'items' | 'ids', unknown>) => [
  dropChanges(values),
  dropForeignAmounts(values),
  forgetPrevious(values),
  upsert(isForeign)(values),
  convertExceptions(values),
]

type Put = { id: string; etag?: string | undefined } & z.infer<typeof NewPlan>

/** Makes or replaces some plans, and deletes others, without a look at what may be wrong with them. */
const putAndDelete = (actor: Actor, put: Put[], deleted: string[]) => {
  const values = { userId: actor.userId, at: now(), digits: digitsJson(), items: itemsJson(put.map(toItem)) }
  const isForeign = put.some(({ exchangeRate }) => exchangeRate !== null)
  const ids = JSON.stringify(put.map(({ id }) => id))
  return {
    bookkeeping: newRevision(actor),
    write: [
      ...(put.length > 0 ? putAll(isForeign, { ...values, ids }) : []),
      ...(deleted.length > 0 ? [remove({ ...values, ids: JSON.stringify(deleted) })] : []),
    ],
  }
}

/** Makes the plan with this id, or replaces all of it but `createdAt` and `previousId`. */
export const putPlan = (actor: Actor, id: string, plan: z.infer<typeof NewPlan>) => ({
  ...putAndDelete(actor, [{ id, ...plan }], []),
  guards: canBePut(actor, id, plan),
})

/** Puts some plans and deletes others. `faults` is the guard that nothing is wrong with any of them. */
export const changePlans = (actor: Actor, sent: { put: Put[]; delete: string[] }, faults: Guard) => ({
  ...putAndDelete(actor, sent.put, sent.delete),
  guards: [
    ...areAsSeen(actor, plans, sent.put),
    faults,
    hasRoom(
      actor,
      sent.put.map(({ id }) => id),
      sent.delete,
    ),
  ],
})

const applyPatch = compile((params: Params<RowNames | 'id' | 'patch'>) => {
  const patched = sql`(SELECT json_patch(${storedItem}, ${params.patch}) AS value FROM plans WHERE ${isOwn(params)}), users
    WHERE users.id = ${params.userId}`
  return putRows(plans, rowColumns(params, true), patched)
})

/** Changes what the patch names, unless it is so already. */
export const patchPlan = (actor: Actor, id: string, sent: z.infer<typeof PlanPatch>) => {
  const patch = JSON.stringify(toPatchItem(sent))
  const values = { userId: actor.userId, at: now(), digits: digitsJson() }
  return {
    guards: [planRows.exists(actor, id), ...canBePatched(actor, id, sent, patch)],
    bookkeeping: newRevision(actor),
    write: [
      ...(sent.currency ? [dropForeignAmounts({ ...values, items: JSON.stringify([{ id, ...sent }]) })] : []),
      applyPatch({ ...values, id, patch }),
      convertExceptions({ ...values, ids: JSON.stringify([id]) }),
    ],
  }
}

/** Deletes the plan: nothing sees it any more but its restoration. What was posted from it stays. */
export const deletePlan = (actor: Actor, id: string) => ({
  guards: [planRows.exists(actor, id)],
  bookkeeping: newRevision(actor),
  write: [remove({ userId: actor.userId, ids: JSON.stringify([id]), at: now() })],
})

/** Moves the plans of one category to another. */
export const movePlans = compile(
  ({ userId, from, to, at }: Params<'userId' | 'from' | 'to' | 'at'>) => sql`
  UPDATE plans SET category_id = ${to}, updated_at = ${at}, revision = ${currentRevision(userId)}
  WHERE user_id = ${userId} AND category_id = ${from}`,
)

const restore = compile(
  ({ userId, id, at }: Params<'userId' | 'id' | 'at'>) => sql`UPDATE plans SET ${restoration(userId, at)},
    ${restoreCategory(plans)}
    WHERE ${isOwnIncludingDeleted({ userId, id })} AND deleted_at IS NOT NULL`,
)

/** Brings a deleted plan back. */
export const restorePlan = (actor: Actor, id: string) => ({
  guards: [planRows.existsIncludingDeleted(actor, id), hasRoom(actor, [id])],
  bookkeeping: newRevision(actor),
  write: [restore({ userId: actor.userId, id, at: now() })],
})
