import { drizzle } from 'drizzle-orm/sqlite-proxy'

/** Refuses to run a statement by itself: it would be a round trip, and a transaction, of its own. */
export const unconnected = () => Promise.reject(new Error('A statement is sent in a batch, by db/client'))

/** Builds statements and sends none: `statements.select().from(expenses)` is a value until a batch takes it. */
export const statements = drizzle(unconnected)
