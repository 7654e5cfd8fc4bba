import { sql } from 'drizzle-orm'

/** What a row of expenses adds to a sum, in minor units of the user's currency: a refund lowers it. */
export const netAmount = sql<number>`iif(refund, -base_amount, base_amount)`
