import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { compile, compileEach, type Params, toStatement } from '../../src/db/statement.ts'
import { values } from '../support/database.ts'

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
})
