/** What the database has of what was written, and whether it agrees with itself. */
import { isDeepStrictEqual } from 'node:util'
import type { Client } from '@libsql/client/http'
import type { Account } from './fault-writers.ts'
import { call, type Person } from './people.ts'

export type Findings = { acknowledged: number; found: number; lost: number; doubled: number; half: number }

/** How many writes each user has done, by the user's id. */
export const revisionsOf = async (client: Client, people: Person[]): Promise<Map<string, number>> => {
  const { rows } = await client.execute('SELECT id, revision FROM users')
  const revisions = new Map(rows.map(({ id, revision }) => [String(id), Number(revision)]))
  return new Map(people.map(({ id }) => [id, revisions.get(id) ?? Number.NaN]))
}

type Found = { rows: number; revisions: number }

const foundIn = async (client: Client, prefix: string): Promise<Map<string, Found>> => {
  const { rows } = await client.execute({
    sql: `SELECT marker, count(*) AS rows, count(DISTINCT revision) AS revisions FROM (
        SELECT merchant AS marker, revision FROM expenses UNION ALL SELECT source, revision FROM incomes
      ) WHERE marker LIKE ? || '%' GROUP BY marker`,
    args: [prefix],
  })
  return new Map(rows.map(({ marker, rows, revisions }) => [String(marker), { rows, revisions } as unknown as Found]))
}

/** The months of a user as the API tells them. */
const monthsOf = async (url: string, { token }: Person) => {
  const paths = ['/v1/months?from=2026-01&to=2026-12', '/v1/months/2026-12', '/v1/months/2026-12/budgets']
  const answers = await Promise.all(paths.map((path) => call(url, 'GET', path, undefined, token)))
  return Promise.all(answers.map((answer) => answer.json()))
}

/** Whether the months of a user stay what they are when the API counts them anew. */
const isAsRecounted = async (url: string, person: Person) => {
  const before = await monthsOf(url, person)
  for (const monthStartDay of [2, 1]) await call(url, 'PATCH', '/v1/users/me', { monthStartDay }, person.token)
  return isDeepStrictEqual(await monthsOf(url, person), before)
}

/** Sums that differ from those of the rows, and what SQLite finds wrong. */
const CHECKS = {
  'a sum of the user': `SELECT id FROM users WHERE
    total_spent <> (SELECT ifnull(sum(base_amount), 0) FROM expenses WHERE user_id = users.id AND deleted_at IS NULL) OR
    total_earned <> (SELECT ifnull(sum(base_amount), 0) FROM incomes WHERE user_id = users.id AND deleted_at IS NULL)`,
  integrity: "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
  'a foreign key': 'SELECT * FROM pragma_foreign_key_check',
}

/**
 * Compares what was written under markers with `prefix` to what is there. `before` has the revisions that the users had.
 * What is wrong is added to the complaints of the account.
 */
export const audit = async (
  { url, client, people }: { url: string; client: Client; people: Person[] },
  prefix: string,
  before: Map<string, number>,
  { writes, complaints }: Account,
): Promise<Findings> => {
  const [found, after] = [await foundIn(client, prefix), await revisionsOf(client, people)]
  const findings = { acknowledged: 0, found: 0, lost: 0, doubled: 0, half: 0 }
  const counted = new Map(before)
  for (const { marker, userId, rows, isAcknowledged } of writes) {
    const there = found.get(marker)
    if (isAcknowledged) findings.acknowledged++
    if (isAcknowledged && !there) findings.lost++
    if (!there) continue
    findings.found++
    counted.set(userId, (counted.get(userId) ?? 0) + 1)
    if (there.rows > rows) findings.doubled++
    else if (there.rows < rows || there.revisions !== 1) findings.half++
  }
  for (const name of ['lost', 'doubled', 'half'] as const) {
    if (findings[name] > 0) complaints.add(`${findings[name]} writes are ${name}`)
  }
  if (!isDeepStrictEqual(counted, after)) complaints.add('The revisions are not as many as the writes')
  for (const [what, select] of Object.entries(CHECKS)) {
    const { rows } = await client.execute(select)
    if (rows.length > 0) complaints.add(`${what} is wrong: ${JSON.stringify(rows)}`)
  }
  for (const person of people) {
    if (!(await isAsRecounted(url, person))) complaints.add(`The months of ${person.username} differ from a recount`)
  }
  return findings
}
