import { integer, text } from 'drizzle-orm/sqlite-core'

/** An id of a user, a session or a resource: UUIDv7 in lower case. */
export const id = (name = 'id') => text(name).notNull()

/** An instant, in milliseconds since 1970-01-01T00:00:00Z. */
export const instant = (name: string) => integer(name).notNull()

/** The number of the user's newest change of this row: see `revision` in src/modules/users/table.ts. */
export const revision = () => integer('revision').notNull().default(0)
