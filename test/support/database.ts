import { env } from 'cloudflare:workers'
import type { SQL } from 'drizzle-orm'
import { readConfig } from '../../src/config.ts'
import { Client } from '../../src/db/client.ts'
import { Database } from '../../src/db/database.ts'
import { type Statement, toStatement, type Value } from '../../src/db/statement.ts'

type Built = Parameters<typeof toStatement>[0]

/** The database of the tests, past the API: for what only it can show. */
export const database = () => new Database(new Client(readConfig(env).database, { roundTrips: 0, milliseconds: 0 }))

/** Runs a write. */
export const write = (...built: Built[]) => database().transaction({ write: built.map((one) => toStatement(one)) })

/** The rows of a select. */
export const select = async <B extends Built>(built: B) => (await database().read({ rows: toStatement<B>(built) })).rows

const raw = (statement: Statement): Statement<Value[]> => ({ ...statement, toRows: (rows) => rows })

/** The rows of some SQL, each as its values. */
export const values = async (query: SQL): Promise<Value[][]> =>
  (await database().read({ rows: raw(toStatement(query)) })).rows

/** How SQLite goes about a statement: one line a step, without those of `packRows`. */
export const planOf = async (statement: Statement): Promise<string[]> => {
  const plan = raw({ ...statement, text: `EXPLAIN QUERY PLAN ${statement.text}` })
  const steps = (await database().read({ plan })).plan.map((row) => String(row[3]))
  return steps.filter((step) => !/^(CO-ROUTINE|SCAN) packed$/.test(step))
}
