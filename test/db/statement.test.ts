import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { requires } from '../../src/db/guard.ts'
import { compile, compileEach, type Params, statements, toStatement } from '../../src/db/statement.ts'
import { planExceptions, plans } from '../../src/modules/plans/table.ts'
import { employee } from '../support/api.ts'
import { database, values } from '../support/database.ts'

describe('a statement', () => {
  it('is sent short, and says the same: strings and quoted names stay as they are', async () => {
    const spaced = sql`SELECT  'a  -- b = ( c ) ''?'' ' AS "Two  words",
      -- a comment, with a ' and a ?
      ${1}  +  ${2} * ( 3 - -4 ) , ${'x'} || 'y' AS z, CAST( 7 - 2 AS TEXT )`
    expect(toStatement(spaced).text).toBe(
      `SELECT 'a  -- b = ( c ) ''?'' ' AS "Two  words",?1+?2*(3 - -4),?3||'y' z,CAST(7-2 AS TEXT)`,
    )
    expect(await values(spaced)).toEqual([["a  -- b = ( c ) '?' ", 15, 'xy', '5']])
  })

  it('has each value once, however often it names it, and never takes one for another', () => {
    const twice = compile(({ a, b }: Params<'a' | 'b'>) => sql`SELECT ${a}, ${b}, ${a}, ${'a'}, ${1}, ${'1'}`)
    const { text, args } = twice({ a: 'first', b: 'second' })
    expect([text, args]).toEqual(['SELECT ?1,?2,?1,?3,?4,?5', ['first', 'second', 'a', 1, '1']])
  })

  it('is compiled once, and bound to its values each time', () => {
    let built = 0
    const one = compile(({ a }: Params<'a'>) => {
      built++
      return sql`SELECT ${a}`
    })
    expect([one({ a: 1 }).args, one({ a: null }).args, one({ a: true }).args, built]).toEqual([[1], [null], [1], 1])
  })

  it('of several forms is compiled once for each', () => {
    let built = 0
    const each = compileEach(({ a }: Params<'a'>, isFirst: boolean, name: string) => {
      built++
      return sql`SELECT ${a} AS ${sql.raw(isFirst ? 'x' : name)}`
    })
    const texts = [each(true, 'y'), each(false, 'y'), each(true, 'y')].map((form) => form({ a: 1 }).text)
    expect([texts, built]).toEqual([['SELECT ?1 x', 'SELECT ?1 y', 'SELECT ?1 x'], 2])
  })

  it('that lacks a value is refused before it is sent', () => {
    const one = compile(({ a }: Params<'a'>) => sql`SELECT ${a}`)
    expect(() => one({} as never)).toThrow('No value for placeholder "a"')
    expect(() => one({ a: undefined })).toThrow('A statement lacks a value')
  })

  it('has its rows read as Drizzle reads them', async () => {
    const { userId, ...columns } = getTableColumns(plans)
    const fields = {
      ...columns,
      userId: sql<string>`'u'`,
      length: sql<number>`length(tags)`.as('length'),
      tags: sql<string[]>`tags`.mapWith(JSON.parse).as('its_tags'),
      isPast: sql<boolean>`start < '2026-01-01'`.mapWith(planExceptions.skipped),
    }
    const amina = await employee()
    await amina.plans({ tags: ['a', 'b'] })
    const select = statements.select(fields).from(plans).where(sql`user_id = ${amina.user.id}`)
    const statement = toStatement(select)
    const rows = await values(select.getSQL())
    expect(statement.toRows(rows)).toEqual(select.prepare().mapResult({ rows }, true))
    expect(statement.toRows(rows)).toMatchObject([{ tags: ['a', 'b'], length: 9, until: null, isPast: false }])
  })
})

describe('a read', () => {
  const one = toStatement(statements.select({ n: sql<number>`1` }).from(sql`(SELECT 1)`))
  const where = (condition: SQL) => ({ condition: toStatement(requires(condition)), selects: { besides: one } })

  it('has what is read besides only where its condition holds', async () => {
    const read = (condition: SQL) => database().read({ always: one }, where(condition))
    expect(await read(sql`1 = 1`)).toEqual({ always: [{ n: 1 }], besides: [{ n: 1 }] })
    expect(await read(sql`1 = 2`)).toEqual({ always: [{ n: 1 }], besides: [] })
  })
})
