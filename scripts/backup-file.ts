/**
 * A backup is a gzipped text file of JSON lines: the head; then, for each table, its name and columns and all its rows,
 * in the encoding of libSQL's protocol, which keeps every value; and in the end the number of rows, so that a file that
 * was cut off does not pass for a whole one.
 */
import type { Client } from '@libsql/client/http'

/** The migrations that the database had, in their order. */
export type Head = { outlayBackup: 1; migrations: { hash: string; at: number }[] }
export type TableLine = { table: string; columns: string[] }
export type RowLine = EncodedValue[]
export type End = { rows: number }

export type EncodedValue =
  | { type: 'null' }
  | { type: 'integer' | 'text'; value: string }
  | { type: 'float'; value: number }
  | { type: 'blob'; base64: string }

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/**
 * The tables whose rows a backup holds, with the columns that can be written: neither generated ones nor what SQLite,
 * libSQL and Drizzle keep for themselves. Of a virtual table, which has shadow tables of its own, the `rowid` is one.
 */
export const tablesOf = async (client: Client): Promise<TableLine[]> => {
  const { rows } = await client.execute(`
    SELECT list.name AS "table", json_group_array(info.name) AS columns, list.type = 'virtual' AS isVirtual
    FROM pragma_table_list AS list, pragma_table_xinfo(list.name) AS info
    WHERE list.schema = 'main' AND list.type IN ('table', 'virtual') AND info.hidden = 0
      AND NOT (list.name GLOB 'sqlite_*' OR list.name GLOB 'libsql_*' OR list.name GLOB '__drizzle_*')
    GROUP BY list.name ORDER BY list.name`)
  return rows.map(({ table, columns, isVirtual }) => ({
    table: String(table),
    columns: [...(isVirtual ? ['rowid'] : []), ...JSON.parse(String(columns))],
  }))
}
