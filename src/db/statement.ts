import { fillPlaceholders, getTableColumns, is, Placeholder, type Query, SQL, sql, Table } from 'drizzle-orm'
import { Column } from 'drizzle-orm/column'
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core'
import { drizzle } from 'drizzle-orm/sqlite-proxy'

/** What SQLite stores. */
export type Value = string | number | null

/** A statement that is ready to be sent, and how its rows are read. */
export type Statement<Row = unknown> = {
  text: string
  args: Value[]
  /** The names of the columns, in their order; none where the statement returns no rows. */
  columns: string[]
  /** Its rows, as Drizzle makes them of their values. */
  toRows(values: Value[][]): Row[]
}

/** Placeholders for the values of a statement that is compiled once and bound each time; each under its name. */
export type Params<Name extends string = string> = Record<Name, Placeholder>

type Fields = { [name: string]: Column | SQL | SQL.Aliased | Table | Fields }
type Select<Row> = {
  getSQL(): SQL
  readonly _: { readonly selectedFields: object; readonly result: Row[] }
  prepare(): { mapResult(response: unknown, isFromBatch: boolean): unknown }
}
type Write = { getSQL(): SQL }

const isSelect = (built: Write): built is Select<unknown> => '_' in built && 'selectedFields' in (built._ as object)

/** Refuses to run a statement by itself: it would be a round trip, and a transaction, of its own. */
const refuse = () => Promise.reject(new Error('Statements are sent together, by db/client'))

/** Builds statements and sends none: `statements.select().from(users)` is a value that `compile` takes. */
export const statements = drizzle(refuse)

const dialect = new SQLiteAsyncDialect()

/** The names of what a select selects, in its order: `session.id` where they are nested. */
const namesOf = (fields: Fields): string[] =>
  Object.entries(fields).flatMap(([name, field]) => {
    if (is(field, Column) || is(field, SQL) || is(field, SQL.Aliased)) return [name]
    return namesOf(is(field, Table) ? getTableColumns(field) : field).map((inner) => `${name}.${inner}`)
  })

type Decoder = { mapFromDriverValue(value: unknown): unknown }

const isDecoder = (value: unknown): value is Decoder =>
  typeof value === 'object' && value !== null && 'mapFromDriverValue' in value

const decoderOf = (field: Fields[string]): Decoder | undefined => {
  const source = is(field, SQL.Aliased) ? field.sql : field
  if (is(source, Column)) return source
  return 'decoder' in source && isDecoder(source.decoder) ? source.decoder : undefined
}

/**
 * How the rows of a select without nested fields are read: as Drizzle does, which finds out anew for each value of each row
 * what its field is, and takes ten times as long for it. Undefined where that is left to Drizzle.
 */
const readerOf = (fields: Fields) => {
  const columns: { name: string; decoder: Decoder }[] = []
  for (const [name, field] of Object.entries(fields)) {
    const decoder = decoderOf(field)
    if (!decoder) return undefined
    columns.push({ name, decoder })
  }
  return (rows: Value[][]) =>
    rows.map((values) => {
      const row: Record<string, unknown> = {}
      columns.forEach(({ name, decoder }, i) => {
        const value = values[i] ?? null
        row[name] = value === null ? null : decoder.mapFromDriverValue(value)
      })
      return row
    })
}

/** Strings, quoted names, values, and what separates the words of SQL. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\?|(?:\s|--[^\n]*)+/g

/**
 * Drops `AS` before an alias, where SQLite needs none, and spaces where punctuation separates words already. Two minus
 * signs stay apart: together they begin a comment.
 */
const tighten = (text: string) =>
  text
    .replaceAll(/ ?\bAS (?=[a-z])/g, ' ')
    .replaceAll(/ ?(->>|[(),=<>+*|]) ?/g, '$1')
    .replaceAll(/(?<!-) ?- ?(?![- ])/g, '-')

/**
 * Makes the text of a statement short, since it is sent each time: without the white space and the comments of the
 * source, without quotes that names need not have, and with numbered values, so that one which occurs twice is sent once.
 */
const compact = ({ sql: text, params }: Query) => {
  const values: unknown[] = []
  const names: unknown[] = []
  let next = 0
  const numberOf = (value: unknown) => {
    const name = is(value, Placeholder) ? Symbol.for(value.name) : value
    if (!names.includes(name)) {
      names.push(name)
      values.push(value)
    }
    return names.indexOf(name) + 1
  }
  const strings: string[] = []
  const compacted = text.replaceAll(TOKENS, (token) => {
    if (token === '?') return `?${numberOf(params[next++])}`
    if (/^"[a-z_]+"$/.test(token)) return token.slice(1, -1)
    if (!/^['"]/.test(token)) return ' '
    strings.push(token)
    return '\u0000'
  })
  return {
    text: tighten(compacted)
      .trim()
      .replaceAll('\u0000', () => strings.shift() ?? ''),
    values,
  }
}

const toValue = (value: unknown): Value => {
  if (value === undefined) throw new Error('A statement lacks a value')
  return typeof value === 'boolean' ? Number(value) : (value as Value)
}

/**
 * Compiles a statement when it is first needed, once per isolate, and binds it to its values each time:
 * `compile(({ id }: Params<'id'>) => statements.select().from(users).where(eq(users.id, id)))({ id })`.
 */
export const compile = <Name extends string, Built extends Write>(build: (params: Params<Name>) => Built) => {
  const params = new Proxy({} as Params<Name>, { get: (_, name) => sql.placeholder(String(name)) })
  let compiled: (Omit<Statement, 'args'> & { values: unknown[] }) | undefined
  const make = () => {
    const built = build(params)
    const { text, values } = compact(dialect.sqlToQuery(built.getSQL()))
    if (!isSelect(built)) return { text, values, columns: [], toRows: () => [] }
    const fields = built._.selectedFields as Fields
    const prepared = built.prepare()
    return {
      text,
      values,
      columns: namesOf(fields),
      toRows: readerOf(fields) ?? ((rows: Value[][]) => prepared.mapResult({ rows }, true) as unknown[]),
    }
  }
  return (values: Record<Name, unknown>): Statement<Built extends Select<infer Row> ? Row : never> => {
    compiled ??= make()
    const args = fillPlaceholders(compiled.values, values as Record<string, unknown>).map(toValue)
    return { ...compiled, args } as never
  }
}

/** Values in the place of parameters, for SQL that is built for one request. */
export const bound = <Name extends string>(values: Record<Name, unknown>): Params<Name> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, sql`${value}`])) as never

/** A statement with its values in it, for what is not sent often enough to be compiled once. */
export const toStatement = <Built extends Write>(built: Built) => compile<never, Built>(() => built)({})

/** The same as `compile`, for a statement of several forms: one for each list of `form`, which decides what is built. */
export const compileEach = <Form extends (string | boolean)[], Name extends string, Built extends Write>(
  build: (params: Params<Name>, ...form: Form) => Built,
) => {
  const forms = new Map<string, ReturnType<typeof compile<Name, Built>>>()
  return (...form: Form) => {
    const key = form.join()
    const known = forms.get(key) ?? compile<Name, Built>((params) => build(params, ...form))
    forms.set(key, known)
    return known
  }
}

/** How many rows the statement before it has inserted, updated or deleted. */
export const changedRows = compile(() => statements.select({ count: sql<number>`changes()` }).from(sql`(SELECT 1)`))
