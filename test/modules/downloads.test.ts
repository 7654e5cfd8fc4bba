import { exports } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { joinList, splitList, toCsvLine, withoutFormula } from '../../src/shared/csv.ts'
import { toDecimal } from '../../src/shared/money.ts'
import { type Employee, employee, withoutTag } from '../support/api.ts'
import { write } from '../support/database.ts'
import { databaseThat } from '../support/proxied.ts'

const CSV = '/v1/expenses/export'

describe('a cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+41 44', "'+41 44"],
    ['-5', "'-5"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [' \u00a0=1', "' \u00a0=1"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ['＝1', "'＝1"],
    ['Chez = Paul', 'Chez = Paul'],
    ['', ''],
  ])('of %j is %j to a spreadsheet', (text, cell) => expect(withoutFormula(text)).toBe(cell))

  it('is quoted where it must be', () => {
    expect(toCsvLine(['a', 'b,c', 'd"e', 'f\r\ng', ' h '])).toBe('a,"b,c","d""e","f\r\ng", h \r\n')
  })

  it.each([[[]], [['lunch']], [['a', 'b c', 'd,e', 'f\\', '\\,', 'g\nh']]])('has a list that can be read: %j', (list) =>
    expect(splitList(joinList(list))).toEqual(list),
  )

  it('has a list that others have written', () => expect(splitList(' a, b ,,c\\d')).toEqual(['a', 'b', 'c\\d']))

  it.each([
    [1299, 'USD', '12.99'],
    [-5, 'USD', '-0.05'],
    [1299, 'JPY', '1299'],
    [5, 'KWD', '0.005'],
    [1_000_000_000_000, 'EUR', '10000000000.00'],
  ])('of %d in %s is %s', (amount, currency, decimal) => expect(toDecimal(amount, currency)).toBe(decimal))
})

describe('a download', () => {
  let amina: Employee
  let food: { id: string; name: string }
  beforeAll(async () => {
    amina = await employee()
    food = await amina.sorts({ name: '=Food, "fresh"' })
    await amina.spends({ merchant: '@Chez\nPaul', note: 'Überstunden 😀', tags: ['a,b', 'c'], categoryId: food.id })
    await amina.spends({ amount: 1000, currency: 'JPY', exchangeRate: '0.0061', date: '2026-11-22' })
    await amina.spends({ amount: 5, refund: true, date: '2026-11-21' })
    await amina.deletes('/v1/expenses')
    await amina.earns({ source: 'Salary' })
  })

  const linesOf = async (query: string) => {
    const { status, headers, body } = await amina.get(`${CSV}?${query}`)
    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/csv; charset=utf-8; header=present'])
    return body.replaceAll(/[\da-f-]{36}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '_')
  }
  const header =
    'id,date,amount,currency,exchangeRate,baseAmount,baseCurrency,category,merchant,note,tags,createdAt,updatedAt\r\n'
  const yen = '_,2026-11-22,1000,JPY,0.0061,6.10,USD,,,,,_,_\r\n'
  const refund = '_,2026-11-21,-0.05,USD,,-0.05,USD,,,,,_,_\r\n'

  it('is CSV in which nothing runs, newest first', async () => {
    const lunch = `_,2026-11-23,12.99,USD,,12.99,USD,"'=Food, ""fresh""","'@Chez\nPaul",Überstunden 😀,"a\\,b,c",_,_\r\n`
    expect(await linesOf('')).toBe(header + lunch + yen + refund)
    const kept = lunch.replaceAll("'", '')
    expect(await linesOf('formulas=keep&sort=date')).toBe(header + refund + yen + kept)
  })

  it.each([
    ['refund=true', refund],
    ['from=2026-11-22&to=2026-11-22&minAmount=1000', yen],
    ['categoryId=none&month=2026-11', yen + refund],
    ['q=nowhere', ''],
  ])('has what the filters match: %s', async (query, lines) => expect(await linesOf(query)).toBe(header + lines))

  it('is JSON of what the list has', async () => {
    const { body, headers } = await amina.get(`${CSV}?format=json&sort=amount`)
    expect(headers.get('Content-Disposition')).toBe('attachment; filename="expenses.json"')
    const { body: list } = await amina.get('/v1/expenses?sort=amount')
    expect(body).toEqual({ exportedAt: expect.any(String), data: list.data.map(withoutTag) })
    expect((await amina.get(`${CSV}?format=json&q=nowhere`)).body.data).toEqual([])
  })

  it('of incomes has theirs', async () => {
    const { body } = await amina.get('/v1/incomes/export')
    expect(body.split('\r\n')[1]).toMatch(/^[\da-f-]{36},2026-11-23,3200\.00,USD,,3200\.00,USD,Salary,,2026-/)
    const { body: list } = await amina.get('/v1/incomes')
    expect((await amina.get('/v1/incomes/export?format=json')).body.data).toEqual(list.data.map(withoutTag))
  })

  it.each(['limit=1', 'cursor=x', 'include=total'])('is not paged: %s', async (query) => {
    expect(await amina.get(`${CSV}?${query}`)).toBeFaultAt(`/${query.split('=')[0]}`, 'unknown_member', 'query')
  })
})

describe('a download of 20,000', () => {
  const path = '/v1/incomes/export?sort=date'
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
    await write(sql`INSERT INTO incomes
      (user_id, id, amount, currency, base_amount, base_currency, date, created_at, updated_at, note)
      WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 20000)
      SELECT ${amina.user.id}, 'i' || value, 1, 'USD', 1, 'USD', '2026-11-23', 1, 1, hex(zeroblob(100)) FROM n`)
  })

  it.each(['csv', 'json'])('that breaks midway is seen to be broken, as %s too', async (format) => {
    const behind = amina.at(databaseThat('truncate').settings)
    await expect(behind.get(`${path}&format=${format}`)).rejects.toThrow()
  })

  it('is of one moment, whatever is written meanwhile', async () => {
    const request = new Request(`https://outlay.example${path}`, {
      headers: { Authorization: `Bearer ${amina.token}` },
    })
    const answer = await exports.default.fetch(request)
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = (await reader?.read())?.value ?? ''
    await amina.earns({ date: '2199-12-31' })
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += part.value
    expect(text.split('\r\n').length).toBe(1 + 20_000 + 1)
    expect(text.includes('2199-12-31')).toBe(false)
  })
})
