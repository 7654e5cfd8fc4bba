import type { Context } from 'hono'
import * as z from 'zod'
import type { UserEnv } from '../../http/context.ts'
import { streamObject } from '../../http/json-stream.ts'
import { answerSchema, docs, Instant } from '../../http/schema.ts'
import { streamText } from '../../http/text-stream.ts'
import { now, toInstant } from '../../shared/clock.ts'
import { toCsvLine, withoutFormula } from '../../shared/csv.ts'

/** What a download takes beside the filters of the list. */
export const downloadMembers = {
  format: z
    .enum(['csv', 'json'])
    .openapi('ExportFormat')
    .default('csv')
    .register(docs, { description: 'The format of the file' }),
  formulas: z
    .enum(['escape', 'keep'])
    .openapi('ExportFormulas')
    .default('escape')
    .register(docs, {
      description:
        "Only of CSV. `escape`: a `'` stands before each text that a spreadsheet would run, one that begins with " +
        '`=`, `+`, `-`, `@`, a tab or a line break, even after blanks. `keep`: each text is as it is, for programs ' +
        'and for an import',
    }),
}

/** The JSON of a download. */
export const downloadOf = <T extends z.ZodType>(item: () => T, name: string) =>
  answerSchema(() =>
    z
      .object({
        exportedAt: Instant.openapi({ description: 'When the server began to read' }),
        data: z.array(item()),
      })
      .openapi(name),
  )

type Content<T> = { 'application/json': { schema: T }; 'text/csv': { schema: z.ZodString } }

/** The answer of a download, in either format. */
export const downloadAnswer = <T extends z.ZodType>(description: string, schema: () => T, csv: string) => ({
  description,
  headers: {
    'Content-Disposition': {
      description: 'The name under which a browser saves the file',
      required: true,
      schema: { type: 'string' as const },
    },
  },
  get content(): Content<T> {
    return {
      'application/json': { schema: schema() },
      'text/csv': { schema: z.string().register(docs, { example: csv }) },
    }
  },
})

/** A column of a CSV file. A `text` is what somebody has written, who may have meant it to be run. */
export type Column<Row> = { name: string; of: (row: Row) => string | null; isText?: true }

async function* csvOf<Row>(
  columns: Column<Row>[],
  portions: AsyncIterable<{ rows: Row[] }>,
  formulas: 'escape' | 'keep',
) {
  const cellOf = ({ of, isText }: Column<Row>, row: Row) => {
    const text = of(row) ?? ''
    return isText && formulas === 'escape' ? withoutFormula(text) : text
  }
  yield toCsvLine(columns.map(({ name }) => name))
  for await (const { rows } of portions) {
    yield rows.map((row) => toCsvLine(columns.map((column) => cellOf(column, row)))).join('')
  }
}

type Download<Row> = { name: string; columns: Column<Row>[]; toItem: (row: Row) => object }
type Options = { format: 'csv' | 'json'; formulas: 'escape' | 'keep' }

/** Answers with a file of all these rows, made while it is sent: see `streamText`. */
export const streamDownload = <Row>(
  c: Context<UserEnv>,
  { name, columns, toItem }: Download<Row>,
  { format, formulas }: Options,
  portions: AsyncIterable<{ name: 'data'; rows: Row[] }>,
) => {
  c.header('Content-Disposition', `attachment; filename="${name}.${format}"`)
  if (format === 'csv') {
    return streamText(c, csvOf(columns, portions, formulas), {
      'Content-Type': 'text/csv; charset=utf-8; header=present',
    })
  }
  return streamObject(c, { known: { exportedAt: toInstant(now()) }, toItem: { data: toItem } }, portions)
}
