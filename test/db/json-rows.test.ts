import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { packRows } from '../../src/db/json-rows.ts'
import { statements, toStatement } from '../../src/db/statement.ts'
import { database } from '../support/database.ts'

const TEXTS = ['plain', '', '[1,2]', '{"a":"\\"}', "it's", '"', '\u2028\u007f\n\t', 'é 😀', 'null']

/** Texts and integers of all kinds, with their places from the last to the first. */
const select = (limit: number) =>
  toStatement(
    statements
      .select({
        place: sql<number>`key`,
        text: sql<string>`value`,
        parsed: sql<unknown>`iif(json_valid(value), value, NULL)`.mapWith(JSON.parse),
        most: sql<number>`9007199254740991 - key`,
        least: sql<number>`key - 9007199254740991`,
        made: sql<string>`json_array(key)`,
        nothing: sql<null>`NULL`,
      })
      .from(sql`json_each(${JSON.stringify(TEXTS)})`)
      .orderBy(sql`key DESC`)
      .limit(limit),
  )

describe('rows that the database packs', () => {
  it.each([TEXTS.length, 2, 0])('are those of the select, in its order: %i', async (limit) => {
    const { plain, packed } = await database().read({ plain: select(limit), packed: packRows(select(limit)) })
    expect(packed).toEqual(plain)
    expect(packed.map(({ text }) => text)).toEqual(TEXTS.toReversed().slice(0, limit))
  })

  it('are none where they are not read', async () => {
    const condition = toStatement(sql`SELECT json('!')`)
    const { packed } = await database().read({}, { condition, selects: { packed: packRows(select(1)) } })
    expect(packed).toEqual([])
  })
})
