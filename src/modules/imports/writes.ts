import { sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { batchImpact, INCOME_TARGETS, noteMoney, spendingImpact, targetsOf } from '../budgets/impact.ts'
import { replacedColumns } from '../expenses/row.ts'
import { expenses } from '../expenses/table.ts'
import { rowColumns } from '../incomes/row.ts'
import { incomes } from '../incomes/table.ts'
import { member, type RowNames } from '../ledger/items.ts'
import { putRows } from '../ledger/queries.ts'
import { clockOf, monthOf } from '../users/calendar-queries.ts'
import { faultsOf } from './preview.ts'
import { badRows } from './problems.ts'
import { type ResolveNames, resolved, resolveValues } from './resolve.ts'
import type { ParsedRow } from './rows.ts'
import { imports } from './table.ts'

type Own = Params<'userId' | 'id'>

const isOwn = ({ userId, id }: Own) => sql`user_id = ${userId} AND id = ${id}`

const countOf = (state: string) => sql.raw(`'${state}', sum(state = '${state}')`)

/** Keeps the rows of the file, with what they are to the user, for the statements that come after. */
const stage = compile(
  (params: Params<ResolveNames | 'id' | 'at'>) => sql`
  INSERT INTO imports (user_id, id, created_at, revision, counts, staged)
  SELECT ${params.userId}, ${params.id}, ${params.at}, (SELECT revision + 1 FROM users WHERE users.id = ${params.userId}),
    json_object(${countOf('new')}, ${countOf('known')}, ${countOf('similar')}, ${countOf('deleted')}, ${countOf('invalid')}),
    json_group_array(json_patch(value, json_object('place', place, 'state', state, 'amount', amount,
      'currency', currency, 'exchangeRate', exchange_rate, 'baseAmount', base_amount, 'categoryId', category_id,
      'moneyFault', money_fault, 'categoryFault', category_fault)))
  FROM ${resolved(params)}`,
)

const staged = (own: Own) => sql`json_each((SELECT staged FROM imports WHERE ${isOwn(own)}))`

/** Those rows of one kind that become something. */
const written = (own: Own, kind: 'expense' | 'income') => sql`${staged(own)}, users WHERE users.id = ${own.userId}
  AND ${member('kind')} = ${sql.raw(`'${kind}'`)} AND ${member('state')} IN ('new', 'similar')`

const requireFaultless = compile((own: Own) =>
  requires(sql`(SELECT counts ->> 'invalid' FROM imports WHERE ${isOwn(own)}) = 0`),
)

const selectFaults = compile((own: Own) =>
  statements
    .select({
      place: sql<number>`${member('place')}`,
      moneyFault: sql<Parameters<typeof faultsOf>[0]['moneyFault']>`${member('moneyFault')}`,
      categoryFault: sql<Parameters<typeof faultsOf>[0]['categoryFault']>`${member('categoryFault')}`,
    })
    .from(staged(own))
    .where(sql`${member('state')} = 'invalid'`)
    .orderBy(sql`key`),
)

/** Requires that the database, too, finds nothing wrong with any row. */
const isFaultless = (own: Record<'userId' | 'id', string>, rows: ParsedRow[]): Guard => {
  const explanation = selectFaults(own)
  return {
    statement: requireFaultless(own),
    explanation,
    problem: (values) =>
      badRows(
        explanation.toRows(values).flatMap((faults) => {
          const row = rows[faults.place]
          return row ? { line: row.line, errors: faultsOf(faults) } : []
        }),
      ),
  }
}

const note = compile((own: Own) =>
  noteMoney(
    own.userId,
    sql`SELECT ${monthOf(member('date'))} AS month, ${targetsOf(member('categoryId'))} AS targets,
        iif(${member('refund')}, -(${member('baseAmount')}), ${member('baseAmount')}) AS amount,
        ${member('baseAmount')} AS gross
      FROM ${written(own, 'expense')}
      UNION ALL SELECT ${monthOf(member('date'))}, ${INCOME_TARGETS}, ${member('baseAmount')}, ${member('baseAmount')}
      FROM ${written(own, 'income')}`,
  ),
)

const further = ({ id }: Params<'id'>) => ({ base_amount: member('baseAmount'), import_id: sql`${id}` })

const putExpenses = compile((params: Params<RowNames | 'id'>) =>
  putRows(expenses, { ...replacedColumns(params, true, true, true), ...further(params) }, written(params, 'expense')),
)

const putIncomes = compile((params: Params<RowNames | 'id'>) =>
  putRows(incomes, { ...rowColumns(params, true, true), ...further(params) }, written(params, 'income')),
)

const clear = compile((own: Own) => sql`UPDATE imports SET staged = NULL WHERE ${isOwn(own)}`)

/** Makes what is new of these rows, which are whole, and nothing of the others. */
export const importRows = (actor: Actor, id: string, rows: ParsedRow[]) => {
  const own = { userId: actor.userId, id }
  const values = { ...own, ...resolveValues(actor, rows), ...clockOf(actor), at: now() }
  const impact = batchImpact(actor, spendingImpact(actor, note(own)))
  return {
    guards: [],
    bookkeeping: {
      ...impact,
      prepare: [stage(values), ...impact.prepare],
      guards: [isFaultless(own, rows), ...(impact.guards ?? [])],
    },
    write: [putExpenses(values), putIncomes(values), clear(own)],
  }
}

const selectImport = compile((own: Own) =>
  statements.select({ id: imports.id, counts: imports.counts }).from(imports).where(isOwn(own)),
)

/** The import with this id. */
export const importById = ({ userId }: Actor, id: string) => selectImport({ userId, id })
