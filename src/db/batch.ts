import { BatchCond, type HttpStream, type InSql, Stmt, type Value } from '@libsql/hrana-client'

export type Query = { sql: string; params: unknown[] }

/** How a batch runs: as a transaction that reads, one that writes, or one that writes and is undone. */
export type Mode = 'read' | 'write' | 'rehearse'

/** The rows of each query, or the error that undid them all and the rows of what was asked in that case. */
export type Outcome = { rows: Value[][][] } | { error: unknown; explanation: Value[][][] }

const BEGIN = { read: 'BEGIN TRANSACTION READONLY', write: 'BEGIN IMMEDIATE', rehearse: 'BEGIN IMMEDIATE' }
const END = { read: 'COMMIT', write: 'COMMIT', rehearse: 'ROLLBACK' }

/** A JS number is bound as REAL, and stays it in an expression without a column: whole numbers go as integers. */
const bind = (value: unknown) => (Number.isInteger(value) ? BigInt(value as number) : value) as Value

const toRows = (rows: ArrayLike<Value>[] | undefined) => (rows ?? []).map((row) => Array.from(row))

/**
 * Sends the queries as one transaction, in one request: each runs only if all before it have. Where one fails, those
 * of `explain` run in its stead, on what the transaction has come to until then, and all is undone.
 */
export const runBatch = async (
  stream: HttpStream,
  queries: Query[],
  mode: Mode,
  explain: Query[],
): Promise<Outcome> => {
  const batch = stream.batch(false)
  // The same text is sent once, however many items are put by it.
  const texts = new Map<string, InSql>(queries.map(({ sql }) => [sql, sql]))
  if (texts.size < queries.length) for (const sql of texts.keys()) texts.set(sql, stream.storeSql(sql))
  const toStatement = ({ sql, params }: Query) => new Stmt(texts.get(sql) ?? sql).bindIndexes(params.map(bind))

  const begin = batch.step()
  const steps: Promise<unknown>[] = [begin.run(BEGIN[mode])]
  let last = begin
  const answers = queries.map((query) => {
    last = batch.step().condition(BatchCond.ok(last))
    return last.query(toStatement(query))
  })
  const end = batch.step().condition(BatchCond.ok(last))
  steps.push(...answers, end.run(END[mode]))
  const failed = BatchCond.not(BatchCond.ok(end))
  const explanations = explain.map((query) => batch.step().condition(failed).query(toStatement(query)))
  const undone = batch.step().condition(failed).run('ROLLBACK')
  const executed = batch.execute()
  stream.closeGracefully() // in the same request

  const [, told] = await Promise.all([
    executed,
    Promise.allSettled(steps),
    Promise.allSettled([...explanations, undone]),
  ])
  const failure = told.find((step) => step.status === 'rejected')
  if (!failure) return { rows: (await Promise.all(answers)).map((answer) => toRows(answer?.rows)) }
  const rows = await Promise.all(explanations.map((answer) => answer.catch(() => undefined)))
  return { error: failure.reason, explanation: rows.map((answer) => toRows(answer?.rows)) }
}
