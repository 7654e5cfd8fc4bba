import { type SQL, sql } from 'drizzle-orm'
import type { Params } from '../../db/statement.ts'
import type { Bookkeeping } from '../../db/transaction.ts'
import type { Actor } from '../../http/context.ts'
import { countChange } from '../users/queries.ts'

/** The revision of the write that runs: the bookkeeping has made it. */
export const currentRevision = (userId: SQL | Params['userId']) =>
  sql`(SELECT revision FROM users WHERE id = ${userId})`

/** Counts a write that touches no line of a month: whatever it changes gets the revision that is counted here. */
export const newRevision = ({ userId }: Pick<Actor, 'userId'>): Bookkeeping<never> => ({
  prepare: [countChange({ userId })],
  apply: [],
  conclude: [],
})

/** Notes that something has no row any more; `resources` selects them as `type/id`. The database's clock is good enough. */
export const noteDeletions = (userId: Params['userId'], resources: SQL) => sql`
  INSERT INTO deletions (user_id, resource, revision, deleted_at)
  SELECT ${userId}, resource, ${currentRevision(userId)}, unixepoch() * 1000 FROM (${resources}) WHERE TRUE
  ON CONFLICT DO UPDATE SET revision = excluded.revision, deleted_at = excluded.deleted_at`

/** Forgets that something was deleted which is there again; `resources` selects them as `type/id`. */
export const forgetDeletions = (userId: Params['userId'], resources: SQL) =>
  sql`DELETE FROM deletions WHERE user_id = ${userId} AND resource IN (${resources})`
