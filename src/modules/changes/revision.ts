import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../http/context.ts'
import type { ChangeRow } from './table.ts'

type Owner = Pick<Actor, 'userId'>

/** The revision of what the actor has of this type and id, for use inside another statement; null where it is deleted. */
export const revisionOf = ({ userId }: Owner, type: ChangeRow['type'], id: SQL) =>
  sql<number>`(SELECT changes.revision FROM changes
    WHERE changes.user_id = ${userId} AND changes.type = ${type} AND changes.id = ${id} AND NOT changes.deleted)`
