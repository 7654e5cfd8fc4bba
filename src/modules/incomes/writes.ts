import { type SQL, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Guard } from '../../db/guard.ts'
import { compile, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { earningsImpact, noteEarnings } from '../budgets/impact.ts'
import {
  areOwn,
  type Columns,
  deletion,
  isOwn,
  isOwnIncludingDeleted,
  itemsJson,
  putRows,
  restoration,
  searchable,
} from '../ledger/queries.ts'
import { type ClockNames, clockOf, monthOf, todayIn } from '../users/calendar-queries.ts'
import { incomeRows } from './queries.ts'
import type { IncomePatch, NewIncome } from './schema.ts'
import { incomes } from './table.ts'

type Own = Params<'userId' | 'id'>

type Item = { id?: string } & Partial<z.infer<typeof IncomePatch>>

/** The members of a row as they stand in the JSON that is sent: those that a body does not name are not there. */
const toItem = ({ source, note, ...rest }: Item) => ({
  ...rest,
  ...searchable('source', source),
  ...searchable('note', note),
})

/** A stored row as such an item, with what a patch changes of it. */
const patchedItem = (patch: Params['patch']) => sql`json_patch(json_object('id', id, 'amount', amount,
  'currency', incomes.currency, 'date', date, 'source', source, 'sourceFolded', source_folded, 'note', note,
  'noteFolded', note_folded), ${patch})`

type RowNames = 'userId' | 'at' | ClockNames

const member = (name: string) => sql.raw(`value ->> '${name}'`)

/** The columns of a row, of an item `value` next to the user's row. */
const rowColumns = (params: Params<RowNames>): Columns => ({
  user_id: sql`${params.userId}`,
  id: member('id'),
  amount: member('amount'),
  currency: sql`ifnull(${member('currency')}, currency)`,
  base_amount: member('amount'),
  base_currency: sql`currency`,
  date: sql`coalesce(${member('date')}, ${todayIn(params)})`,
  note: member('note'),
  note_folded: member('noteFolded'),
  created_at: sql`${params.at}`,
  updated_at: sql`${params.at}`,
  deleted_at: sql`NULL`,
  revision: sql`revision`,
  source: member('source'),
  source_folded: member('sourceFolded'),
})

/** What some rows, as they are, take away (`sign` '-') from their month or add to it. */
const moveOf = (rows: SQL, sign: '-' | '+') => sql`
  SELECT ${monthOf(sql`date`)} AS month, ${sql.raw(sign)}base_amount AS amount
  FROM (SELECT * FROM incomes WHERE ${rows}), users WHERE users.id = user_id`

/** What some items add, as rows of `month, amount`. */
const moveOfItems = ({ date, amount }: Columns, from: SQL) => sql`
  SELECT ${monthOf(sql`date`)} AS month, amount FROM (
    SELECT ${date} AS date, ${amount} AS amount, month_start_day FROM ${from})`

const items = ({ items, userId }: Params<'items' | 'userId'>) =>
  sql`json_each(${items}), users WHERE users.id = ${userId}`

const notePut = compile((params: Params<RowNames | 'items' | 'ids'>) =>
  noteEarnings(
    params.userId,
    sql`${moveOf(areOwn(params), '-')} UNION ALL ${moveOfItems(rowColumns(params), items(params))}`,
  ),
)

const upsert = compile((params: Params<RowNames | 'items'>) => putRows(incomes, rowColumns(params), items(params)))

type Put = { id: string } & z.infer<typeof NewIncome>

/** Makes or replaces some incomes, and deletes others, without a look at what may be wrong with them. */
const putAndDelete = (actor: Actor, put: Put[], deleted: string[]) => {
  const values = { userId: actor.userId, at: now(), ...clockOf(actor), items: itemsJson(put.map(toItem)) }
  const ids = JSON.stringify([...put.map(({ id }) => id), ...deleted])
  return {
    bookkeeping: earningsImpact(actor, notePut({ ...values, ids })),
    write: [
      ...(put.length > 0 ? [upsert(values)] : []),
      ...(deleted.length > 0 ? [remove({ ...values, ids: JSON.stringify(deleted) })] : []),
    ],
  }
}

/** Makes the income with this id, or replaces all of it but `createdAt`. */
export const putIncome = (actor: Actor, id: string, income: z.infer<typeof NewIncome>) => ({
  ...putAndDelete(actor, [{ id, ...income }], []),
  guards: [],
})

/** Puts some incomes and deletes others. `faults` is the guard that nothing is wrong with any of them. */
export const changeIncomes = (actor: Actor, sent: { put: Put[]; delete: string[] }, faults: Guard) => ({
  ...putAndDelete(actor, sent.put, sent.delete),
  guards: [faults],
})

type PatchNames = RowNames | 'id' | 'patch'

const patched = ({ userId, id, patch }: Params<PatchNames>) => sql`
  (SELECT ${patchedItem(patch)} AS value FROM incomes WHERE ${isOwn({ userId, id })}), users
  WHERE users.id = ${userId}`

const notePatch = compile((params: Params<PatchNames>) =>
  noteEarnings(
    params.userId,
    sql`${moveOf(isOwn(params), '-')} UNION ALL ${moveOfItems(rowColumns(params), patched(params))}`,
  ),
)

const applyPatch = compile((params: Params<PatchNames>) => putRows(incomes, rowColumns(params), patched(params)))

/** Changes what the patch names, unless it is so already. */
export const patchIncome = (actor: Actor, id: string, patch: z.infer<typeof IncomePatch>) => {
  const item = JSON.stringify(toItem(patch))
  const values = { userId: actor.userId, id, at: now(), ...clockOf(actor), patch: item }
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

/** Deletes the income: nothing sees it any more but its restoration. */
export const deleteIncome = (actor: Actor, id: string) => {
  const values = { userId: actor.userId, ids: JSON.stringify([id]), at: now() }
  return {
    guards: [incomeRows.exists(actor, id)],
    bookkeeping: earningsImpact(actor, noteRemoval(values)),
    write: [remove(values)],
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
    guards: [incomeRows.existsIncludingDeleted(actor, id)],
    bookkeeping: earningsImpact(actor, noteRestoration(values)),
    write: [restore(values)],
  }
}
