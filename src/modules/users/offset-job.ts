import { sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { changedRows, compile, type Params, statements } from '../../db/statement.ts'
import { utcOffset } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { users } from './table.ts'

/** How many users one transaction changes: few, since it holds the write lock. */
const SLICE_USERS = 500

const zonesInUse = compile(() =>
  statements.selectDistinct({ timeZone: users.timeZone, utcOffset: users.utcOffset }).from(users),
)

const setOffset = compile(
  ({ zone, offset }: Params<'zone' | 'offset'>) => sql`UPDATE users SET utc_offset = ${offset} WHERE id IN (
    SELECT id FROM users WHERE time_zone = ${zone} AND utc_offset <> ${offset} LIMIT ${sql.raw(String(SLICE_USERS))})`,
)

/** Updates the users of a zone, some at a time, and returns how many. */
const updateZone = async (db: Database, zone: string, offset: number): Promise<number> => {
  let updated = 0
  for (;;) {
    const write = [setOffset({ zone, offset })]
    const { counts } = await db.transaction({ write, after: { counts: changedRows({}) } })
    const count = counts[0]?.count ?? 0
    updated += count
    if (count < SLICE_USERS) return updated
  }
}

/**
 * Updates the offset from UTC of the users whose time zone has another one since, such as after a change to summer time.
 * Requests with an access token do not need it: see `todayIn`. Returns how many users it changed. Throws DatabaseError.
 */
export const updateUtcOffsets = async (db: Database): Promise<number> => {
  const at = now()
  const { zones } = await db.read({ zones: zonesInUse({}) })
  let updated = 0
  for (const { timeZone, utcOffset: stored } of zones) {
    const offset = utcOffset(timeZone, at)
    if (offset !== stored) updated += await updateZone(db, timeZone, offset)
  }
  return updated
}
