/**
 * The limit: a Worker that makes exactly one request of the database and answers the rows as JSON. It checks nothing,
 * knows nobody, and writes no more than the row and one total. `/<key>/…` asks the query of that key; see `bareQueries`.
 */
const toValue = (value) => {
  if (value === undefined || value === null) return { type: 'null' }
  if (typeof value === 'number') return { type: 'integer', value: String(value) }
  return { type: 'text', value: typeof value === 'string' ? value : JSON.stringify(value) }
}

/** A UUIDv7, as the ids of the API are: random ones would be inserted all over the index. */
const newId = () => {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}

/** An argument is a constant, or says what of the request it is. */
const toArgument = (argument, path, body) => {
  switch (argument?.from) {
    case 'path':
      return toValue(path.at(-1))
    case 'body':
      return toValue(body[argument.member])
    case 'new id':
      return toValue(newId())
    default:
      return toValue(argument)
  }
}

const toRows = ({ cols, rows }) =>
  rows.map((row) => Object.fromEntries(row.map(({ value = null }, i) => [cols[i].name, value])))

const inTransaction = (statements) => ({
  steps: [{ sql: 'BEGIN IMMEDIATE' }, ...statements, { sql: 'COMMIT' }].map((stmt, i) =>
    i === 0 ? { stmt } : { stmt, condition: { type: 'ok', step: i - 1 } },
  ),
})

export default {
  async fetch(request, env) {
    const path = new URL(request.url).pathname.split('/')
    const query = env.QUERIES?.[path[1]]
    if (!query) return new Response(null, { status: 404 })
    const body = request.body ? await request.json() : undefined
    const [first, ...others] = query.statements.map(({ sql, args }) => ({
      sql,
      args: args.map((argument) => toArgument(argument, path, body)),
    }))
    const work = query.writes
      ? { type: 'batch', batch: inTransaction([first, ...others]) }
      : { type: 'execute', stmt: first }
    const answer = await fetch(`${env.DATABASE_URL}/v2/pipeline`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ requests: [work, { type: 'close' }] }),
    })
    const { results } = await answer.json()
    const result = results[0].response?.result
    if (!result || result.step_errors?.some(Boolean)) return Response.json(results, { status: 500 })
    const rows = toRows(query.writes ? result.step_results[1] : result)
    return query.status === 304 ? new Response(null, { status: 304 }) : Response.json(rows, { status: query.status })
  },
}
