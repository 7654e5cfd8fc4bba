import { sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { changedRows, compile, type Params, statements, toStatement } from '../../db/statement.ts'
import { utcOffset } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { users } from './table.ts'

/** How many users one transaction changes: few, since it holds the write lock. */
const SLICE_USERS = 500

const zonesInUse = toStatement(
  statements.selectDistinct({ timeZone: users.timeZone, utcOffset: users.utcOffset }).from(users),
)

const setOffset = compile(
  ({ zone, offset }: Params<'zone' | 'offset'>) => sql`UPDATE users SET utc_offset = ${offset} WHERE id IN (
    SELECT id FROM users WHERE time_zone = ${zone} AND utc_offset <> ${offset} LIMIT ${sql.raw(String(SLICE_USERS))})`,
)

/** Moves the clocks of a zone, some users at a time, and returns how many. */
const moveZone = async (db: Database, zone: string, offset: number): Promise<number> => {
  let moved = 0
  for (;;) {
    const write = [setOffset({ zone, offset })]
    const { counts } = await db.transaction({ write, after: { counts: changedRows({}) } })
    const count = counts[0]?.count ?? 0
    moved += count
    if (count < SLICE_USERS) return moved
  }
}

/**
 * Moves the clocks of the users in whose zone they have gone forward or back. Whoever has an access token does not need
 * it: see `todayIn`. Returns how many users it changed. Throws DatabaseError.
 */
export const moveClocks = async (db: Database): Promise<number> => {
  const at = now()
  const { zones } = await db.read({ zones: zonesInUse })
  let moved = 0
  for (const { timeZone, utcOffset: stored } of zones) {
    const offset = utcOffset(timeZone, at)
    if (offset !== stored) moved += await moveZone(db, timeZone, offset)
  }
  return moved
}
