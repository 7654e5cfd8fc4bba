import type { SQL } from 'drizzle-orm'
import type { Guard } from '../../db/guard.ts'
import { bound, compile, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import type { Problem } from '../../shared/problem.ts'
import { areOwn, isOwn, isOwnIncludingDeleted, type OwnedTable, requiresOwn, revisionOf } from './queries.ts'

type Own = Params<'userId' | 'id'>

type Built = { getSQL(): SQL }

/**
 * What is asked of one or of some of the actor's rows. `select` makes the select of those rows of `table` that meet a
 * condition, `selectComputed` that of what such a row has beside the members that were put, and `notFound` is the problem
 * of an id that the actor does not have.
 */
export const rowsOf = <Whole extends Built, Computed extends Built>(
  table: OwnedTable,
  select: (condition: SQL) => Whole,
  selectComputed: (condition: SQL) => Computed,
  notFound: Problem,
) => {
  const selectOne = compile((own: Own) => select(isOwn(own)))
  const selectComputedOne = compile((own: Own) => selectComputed(isOwn(own)))
  const selectSome = compile((own: Params<'userId' | 'ids'>) => selectComputed(areOwn(own)))
  const requireOne = compile((own: Own) => requiresOwn(table, isOwn(own)))
  const requireOneIncludingDeleted = compile((own: Own) => requiresOwn(table, isOwnIncludingDeleted(own)))
  const problem = () => notFound()
  return {
    byId: ({ userId }: Actor, id: string) => selectOne({ userId, id }),
    /** What one has beside what was sent. */
    computedById: ({ userId }: Actor, id: string) => selectComputedOne({ userId, id }),
    /** What those have that were put with these ids, beside what was sent. */
    computedByIds: ({ userId }: Actor, ids: string[]) => selectSome({ userId, ids: JSON.stringify(ids) }),
    /** The revision of a row, as SQL, for its preconditions. */
    revision: ({ userId }: Actor, id: string) => revisionOf(table, bound({ userId, id })),
    /** Requires that the actor has it. */
    exists: ({ userId }: Actor, id: string): Guard => ({ statement: requireOne({ userId, id }), problem }),
    /** Requires that the actor has it, deleted or not. */
    existsIncludingDeleted: ({ userId }: Actor, id: string): Guard => ({
      statement: requireOneIncludingDeleted({ userId, id }),
      problem,
    }),
  }
}
