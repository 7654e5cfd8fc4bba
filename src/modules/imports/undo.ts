import { sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { batchImpact, INCOME_TARGETS, noteMoney, spendingImpact } from '../budgets/impact.ts'
import { releaseCategory } from '../categories/assignment.ts'
import { moveOf as moveOfExpenses } from '../expenses/moves.ts'
import { moveOf as moveOfIncomes } from '../incomes/moves.ts'
import { deletion } from '../ledger/queries.ts'
import { currentRevision } from '../ledger/revision.ts'
import { importNotFound } from './problems.ts'

type Own = Params<'userId' | 'id'>

const isOwn = ({ userId, id }: Own) => sql`user_id = ${userId} AND id = ${id}`

const requireOne = compile((own: Own) =>
  requires(sql`EXISTS (SELECT 1 FROM imports WHERE ${isOwn(own)} AND taken_back IS NULL)`),
)

/** Requires that the actor has this import, and has not taken it back. */
const importExists = ({ userId }: Actor, id: string): Guard => ({
  statement: requireOne({ userId, id }),
  problem: () => importNotFound(),
})

/** Rows of one write. Left to itself, SQLite goes through all of the user for columns that are not in the index. */
const byRevision = (table: 'expenses' | 'incomes') => sql.raw(`${table} INDEXED BY ${table}_by_revision`)

/** What the import has made in a table and nobody has changed since: that has its revision still. */
const untouched = (table: 'expenses' | 'incomes', own: Own) => sql`user_id = ${own.userId} AND id IN (
    SELECT id FROM ${byRevision(table)} WHERE user_id = ${own.userId}
      AND revision = (SELECT imports.revision FROM imports WHERE ${isOwn(own)}))
  AND import_id = ${own.id} AND deleted_at IS NULL`

const note = compile((own: Own) =>
  noteMoney(
    own.userId,
    sql`${moveOfExpenses(untouched('expenses', own), '-')}
      UNION ALL SELECT month, ${INCOME_TARGETS}, amount, amount FROM (${moveOfIncomes(untouched('incomes', own), '-')})`,
  ),
)

type Names = 'userId' | 'id' | 'at'

const removeExpenses = compile(
  (params: Params<Names>) => sql`UPDATE expenses SET ${deletion(params.userId, params.at)}, ${releaseCategory}
    WHERE ${untouched('expenses', params)}`,
)

const removeIncomes = compile(
  (params: Params<Names>) => sql`UPDATE incomes SET ${deletion(params.userId, params.at)}
    WHERE ${untouched('incomes', params)}`,
)

const markTakenBack = compile(
  (own: Own) => sql`UPDATE imports SET taken_back = ${currentRevision(own.userId)} WHERE ${isOwn(own)}`,
)

/**
 * How many lines it may change to take back an import: far more than an import may, since what came after it may have
 * added to the later months. 12,000 took up to 0.5 s.
 */
const MAX_LINES = 15_000

/** Deletes what the import has made and nobody has changed since. */
export const takeBackImport = (actor: Actor, id: string) => {
  const values = { userId: actor.userId, id, at: now() }
  return {
    guards: [importExists(actor, id)],
    bookkeeping: batchImpact(actor, spendingImpact(actor, note(values)), MAX_LINES),
    write: [removeExpenses(values), removeIncomes(values), markTakenBack(values)],
  }
}

/** How many rows the write that runs has deleted of what the import had made. */
const deletedFrom = (
  table: 'expenses' | 'incomes',
  { userId, id }: Own,
) => sql`(SELECT count(*) FROM ${byRevision(table)}
  WHERE user_id = ${userId} AND revision = ${currentRevision(userId)} AND import_id = ${id})`

const selectTakenBack = compile((own: Own) =>
  statements
    .select({
      deleted: sql<number>`${deletedFrom('expenses', own)} + ${deletedFrom('incomes', own)}`,
      made: sql<number>`(counts ->> 'new') + (counts ->> 'similar')`,
    })
    .from(sql`imports`)
    .where(isOwn(own)),
)

/** What came of taking back the import, by the write that runs. */
export const takenBackById = ({ userId }: Actor, id: string) => selectTakenBack({ userId, id })
