import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type Employee, employee, newId } from '../support/api.ts'
import { write } from '../support/database.ts'

const IMPORTS = '/v1/imports'
const DRY = `${IMPORTS}?dryRun=true`

type Options = {
  amount?: object
  date?: object
  delimiter?: string
  categories?: object
  account?: string
  [member: string]: unknown
}

/** An import of a file with the columns Date and Amount, and others. */
const fileOf = (csv: string, { amount, date, delimiter, categories, account, ...mapping }: Options = {}) => ({
  csv,
  ...(delimiter && { delimiter }),
  ...(categories && { categories }),
  ...(account && { account }),
  mapping: {
    date: { column: 'Date', format: 'YYYY-MM-DD', ...date },
    amount: { column: 'Amount', decimal: '.', sign: 'expensesNegative', ...amount },
    ...mapping,
  },
})

type PreviewRow = Answer['body']
const faultsOf = ({ errors }: PreviewRow) =>
  errors.map(({ member, code }: { member: string | null; code: string }) => `${member} ${code}`)

describe('a dry run', () => {
  let amina: Employee
  let food: { id: string; name: string }
  beforeAll(async () => {
    amina = await employee({ currency: 'EUR' })
    food = await amina.sorts({ name: 'Fööd' })
    await amina.sorts({ name: 'Old', archived: true })
  })

  const preview = async (...sent: Parameters<typeof fileOf>) => {
    const { status, body } = await amina.post(DRY, fileOf(...sent))
    expect([status, body.errors]).toEqual([200, undefined])
    return body
  }
  const rowsOf = async (...sent: Parameters<typeof fileOf>): Promise<PreviewRow[]> => (await preview(...sent)).rows

  it('tells what each row becomes, in one round trip, and writes nothing', async () => {
    const csv =
      'Date,Amount,Payee,Text,Kind,Labels\r\n' +
      '2026-11-23,-12.99, Chez Paul ,"Team\r\nlunch, long",FÖÖD,"Client, b"\r\n' +
      '\r\n,,,,,\r\n' +
      '2026-11-24,3200,Salary,,nowhere,x\r\n'
    const mapping = { merchant: 'Payee', note: 'Text', category: 'Kind', tags: 'Labels' }
    const answer = await amina.post(DRY, fileOf(csv, mapping))
    expect(answer.headers.get('Server-Timing')).toContain('round trips: 1')
    const { counts, rows } = answer.body
    expect(counts).toEqual({ new: 2, known: 0, similar: 0, deleted: 0, invalid: 0 })
    const id = expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7/)
    const entry = { id, currency: 'EUR', exchangeRate: null, refund: false }
    expect(rows).toEqual([
      {
        ...{ line: 2, state: 'new', kind: 'expense', matches: [], errors: [] },
        data: {
          ...{ ...entry, amount: 1299, baseAmount: 1299, date: '2026-11-23', categoryId: food.id },
          ...{ merchant: 'Chez Paul', source: null, note: 'Team\r\nlunch, long', tags: ['client', 'b'] },
        },
      },
      {
        ...{ line: 6, state: 'new', kind: 'income', matches: [], errors: [] },
        data: {
          ...{ ...entry, amount: 320_000, baseAmount: 320_000, date: '2026-11-24', categoryId: null },
          ...{ merchant: null, source: 'Salary', note: null, tags: [] },
        },
      },
    ])
    expect((await amina.get('/v1/expenses')).body.data).toEqual([])
  })

  it.each([
    ['a byte order mark', '\ufeffDate,Amount\n2026-11-23,-1\n'],
    ['semicolons', 'Date;Amount\n2026-11-23;-1\n'],
    ['tabs', 'Date\tAmount\n2026-11-23\t-1\n'],
    ['bars, told', 'Date|Amount,x\n2026-11-23|-1\n', { delimiter: '|', amount: { column: 'Amount,x' } }],
    ['quoted names with a delimiter', '"a;b;c;d",Date,Amount\nx,2026-11-23,-1'],
    ['a name in another place twice', 'x,x, Date ,Amount\n,,2026-11-23,-1'],
    ['old line ends', 'Date,Amount\r2026-11-23,-1\r'],
    ['mixed line ends', 'Date,Amount\n"2026-11-23","-1"\r\n'],
  ])('reads a file with %s', async (_, csv, options: Options = {}) => {
    expect(await rowsOf(csv, options)).toMatchObject([{ line: 2, data: { amount: 100, date: '2026-11-23' } }])
  })

  it("reads a file with Excel's line before the header, and counts it", async () => {
    for (const told of ['\ufeffsep=;\r\n', '"sep=;"\n'])
      expect(await rowsOf(`${told}Date;Amount,a,b\n2026-11-23;-1`, { amount: { column: 'Amount,a,b' } })).toMatchObject(
        [{ line: 3, data: { amount: 100 } }],
      )
  })

  it.each([
    ['.', '-1,234.56', 123_456],
    [',', '-1.234,56', 123_456],
    [',', '-1.234.567,8', 123_456_780],
    ['.', '-12,34,567.00', 123_456_700],
    [',', "-1'234,5", 123_450],
    [',', '−1\u00a0234,56\u202f€', 123_456],
    ['.', '-€ 1 234', 123_400],
    ['.', '-1234567890.50', 123_456_789_050],
    ['.', '$(12.50)', 1250],
    ['.', '12.50-', 1250],
    ['.', '-.5', 50],
    ['.', '-12.500', 1250],
    ['.', '-10000000000', 1_000_000_000_000],
  ])('reads with the decimal %j the amount %j', async (decimal, cell, amount) => {
    const [row] = await rowsOf(`Date;Amount\n2026-11-23;${cell}`, { amount: { decimal } })
    expect(row).toMatchObject({ kind: 'expense', data: { amount } })
  })

  it.each([
    ['.', '1.234,56', 'invalid_amount'],
    [',', '1.23', 'invalid_amount'],
    ['.', '1e3', 'invalid_amount'],
    ['.', '(1', 'invalid_amount'],
    ['.', '-(1)', 'invalid_amount'],
    ['.', '', 'invalid_amount'],
    ['.', '.', 'invalid_amount'],
    ['.', '٣', 'invalid_amount'],
    ['.', '0x10', 'invalid_amount'],
    ['.', '-12€50', 'invalid_amount'],
    ['.', '-12 50', 'invalid_amount'],
    ['.', '-12.50 1', 'invalid_amount'],
    ['.', 'EUR -1', 'invalid_amount'],
    ['.', `${'1'.repeat(900_000)}x`, 'invalid_amount'],
    ['.', '-0.00', 'too_small'],
    ['.', '-1.0000000000000001', 'too_precise'],
    ['.', '0.00', 'too_small'],
    ['.', '12.505', 'too_precise'],
    ['.', '10000000000.01', 'out_of_range'],
    ['.', '9999999999999999999999', 'out_of_range'],
  ])('refuses with the decimal %j the amount %j', async (decimal, cell, code) => {
    const [row] = await rowsOf(`Date;Amount\n2026-11-23;${cell}`, { amount: { decimal } })
    expect([row.state, row.data, faultsOf(row)]).toEqual(['invalid', null, [`amount ${code}`]])
  })

  it.each([
    ['expensesNegative', ['expense', 'income'], [false, false]],
    ['expensesPositive', ['income', 'expense'], [false, false]],
    ['allExpenses', ['expense', 'expense'], [true, false]],
  ])('takes the signs -5 and 5 as %s', async (sign, kinds, refunds) => {
    const rows = await rowsOf('Date,Amount\n2026-11-23,-5\n2026-11-23,5', { amount: { sign } })
    expect(rows.map(({ kind }) => kind)).toEqual(kinds)
    expect(rows.map(({ data }) => data.refund)).toEqual(refunds)
  })

  it.each([
    ['expensesPositive', ['12.50', '0.00'], 'expense', false],
    ['expensesPositive', ['$0.00', '$12.50'], 'income', false],
    ['expensesPositive', ['', '12.50'], 'income', false],
    ['expensesPositive', ['', '-12.50'], 'expense', false],
    ['expensesNegative', ['-12.50', ''], 'expense', false],
    ['expensesNegative', ['', '12.50'], 'income', false],
    ['allExpenses', ['12.50', ''], 'expense', false],
    ['allExpenses', ['', '12.50'], 'expense', true],
  ])('reads with %s from the columns of what goes out and what comes in %j', async (sign, cells, kind, refund) => {
    const csv = `Date,Amount,In\n2026-11-23,${cells.join(',')}`
    const [row] = await rowsOf(csv, { amount: { sign, inflowColumn: 'In' } })
    expect(row).toMatchObject({ kind, data: { amount: 1250, refund } })
  })

  it.each([
    [['1', '1'], 'invalid_amount'],
    [['1', 'x'], 'invalid_amount'],
    [['x', '1'], 'invalid_amount'],
    [['', ''], 'invalid_amount'],
    [['0.00', '0.00'], 'too_small'],
    [['0.00', ''], 'too_small'],
  ])('refuses in those columns %j', async (cells, code) => {
    const [row] = await rowsOf(`Date,Amount,In\n2026-11-23,${cells.join(',')}`, { amount: { inflowColumn: 'In' } })
    expect(faultsOf(row)).toEqual([`amount ${code}`])
  })

  it.each([
    ['YYYY-MM-DD', '2026-03-04', '2026-03-04'],
    ['YYYY-MM-DD', '2026-03-04T23:59:00Z', '2026-03-04'],
    ['YYYYMMDD', '20260304', '2026-03-04'],
    ['DD.MM.YYYY', '4.3.2026', '2026-03-04'],
    ['DD.MM.YY', '04.03.26', '2026-03-04'],
    ['DD/MM/YYYY', '03/04/2026', '2026-04-03'],
    ['MM/DD/YYYY', '03/04/2026 10:15', '2026-03-04'],
    ['MM/DD/YYYY', '13/04/2026', null],
    ['DD.MM.YYYY', '30.02.2026', null],
    ['DD.MM.YYYY', '04/03/2026', null],
    ['YYYY-MM-DD', '1969-12-31', null],
    ['YYYY-MM-DD', '', null],
  ])('reads as %s the day %j', async (format, cell, date) => {
    const [row] = await rowsOf(`Date;Amount\n${cell};-1`, { date: { format } })
    expect(row.data?.date ?? null).toBe(date)
    expect(faultsOf(row)).toEqual(date ? [] : ['date invalid_date'])
  })

  it('names every fault of every row by its line', async () => {
    const csv =
      'Date,Amount,Payee,Kind,Cur,Rate,Id\n' +
      `today,x,${'x'.repeat(121)},,,,\n` +
      '2026-11-23,-1,"a\nb\0",nowhere,,,\n' +
      '2026-11-23,-1,,Old,,,\n' +
      '2026-11-23,-1,,,XXY,,\n' +
      '2026-11-23,-1,,,USD,,\n' +
      '2026-11-23,-1,,,USD,-1,\n' +
      '2026-11-23,-0.01,,,JPY,1,\n' +
      '2026-11-23,-1,,,JPY,0.000001,\n' +
      '2026-11-23,-1\n' +
      '2026-11-23,-1,,,,,a\n2026-11-23,-2,,,,,a\n' +
      '2026-11-23,-3,,,,,b,, \n2026-11-23,-4,,,,,c,,x\n'
    const columns = { merchant: 'Payee', category: 'Kind', currency: 'Cur', exchangeRate: 'Rate', externalId: 'Id' }
    const { counts, rows } = await preview(csv, columns)
    expect(rows.map((row: PreviewRow) => [row.line, ...faultsOf(row)])).toEqual([
      [2, 'date invalid_date', 'amount invalid_amount', 'merchant invalid_length'],
      [3, 'merchant invalid_text'],
      [5, 'category unknown_category'],
      [6, 'currency unknown_currency'],
      [7, 'exchangeRate required'],
      [8, 'exchangeRate invalid_rate'],
      [9, 'amount too_precise'],
      [10, 'exchangeRate converted_out_of_range'],
      [11, 'null cell_count'],
      [12],
      [13, 'externalId duplicate'],
      [14],
      [15, 'null cell_count'],
    ])
    expect(counts).toMatchObject({ new: 2, invalid: 11 })
  })

  it('converts foreign currencies, and needs no rate for the own one', async () => {
    const csv = 'Date;Amount;Cur;Rate\n2026-11-23;-1.000;jpy;0,0061\n2026-11-23;-1,50;EUR;1,1\n2026-11-23;-2;;\n'
    const rows = await rowsOf(csv, { amount: { decimal: ',' }, currency: 'Cur', exchangeRate: 'Rate' })
    expect(rows.map(({ data }) => [data.amount, data.currency, data.exchangeRate, data.baseAmount])).toEqual([
      [1000, 'JPY', '0.0061', 610],
      [150, 'EUR', null, 150],
      [200, 'EUR', null, 200],
    ])
  })

  it('finds categories by a map, by merchant, by name, and none', async () => {
    const his = await (await employee()).sorts()
    const csv =
      'Date,Amount,Payee,Kind\n' +
      ['REWE,', 'rewe,Fööd', 'x,Groceries', 'x,ignored', 'x,', 'x,his']
        .map((cells) => `2026-11-23,-1,${cells}\n`)
        .join('')
    const other = await amina.sorts()
    const categories = { REWE: other.id, groceries: food.id, ignored: null, his: his.id }
    const rows = await rowsOf(csv, { merchant: 'Payee', category: 'Kind', categories })
    expect(rows.map((row) => row.data?.categoryId)).toEqual([other.id, other.id, food.id, null, null, undefined])
    expect(faultsOf(rows[5])).toEqual(['category unknown_category'])
    const twice = fileOf(csv, { category: 'Kind', categories: { REWE: other.id, Rewe: null } })
    expect(await amina.post(DRY, twice)).toBeFaultAt('/categories/Rewe', 'duplicate')
  })

  it.each([
    ['is empty', '', '/csv', 'empty'],
    ['has only a header', 'Date,Amount\n\n', '/csv', 'empty'],
    ['has 2,001 rows', `Date,Amount\n${'2026-11-23,-1\n'.repeat(2001)}`, '/csv', 'too_many_rows'],
    ['has 10,001 rows, nearly all empty', `Date,Amount\n${',\n'.repeat(9_999)}2026-11-23,-1`, '/csv', 'too_many_rows'],
    ['was read in a wrong encoding', 'Date,Amount,x\n2026-11-23,-1,Caf\ufffd', '/csv', 'not_utf8', 2],
    ['has a lone surrogate', 'Date,Amount,x\n2026-11-23,-1,\ud800', '/csv', 'invalid_text'],
    [
      'does not close a quote',
      'Date,Amount\r\n"2026\r\n-11-23",-1\r\n"2026-11-23,-1\n1,2',
      '/csv',
      'unclosed_quote',
      4,
    ],
    ['has text after a quote', 'Date,Amount\n"2026-11-23"x,-1', '/csv', 'invalid_quote', 2],
    ['has a quote in a cell', 'Date,Amount\n2026-11-23,-1\n2026"11-23,-1', '/csv', 'invalid_quote', 3],
    ['has no header', '2026-11-23,-1\n2026-11-24,-1', '/mapping/date/column', 'unknown_column'],
    ['lacks a column', 'Date,Amount\n2026-11-23,-1', '/mapping/merchant', 'unknown_column'],
    ['has a column twice', 'Date,Payee,Amount,Amount\n2026-11-23,,-1,-1', '/mapping/amount/column', 'ambiguous_column'],
  ])('is refused for a file that %s', async (_, csv, pointer, code, line: number | undefined = undefined) => {
    const answer = await amina.post(DRY, fileOf(csv, { merchant: 'Payee' }))
    expect(answer).toBeFaultAt(pointer, code)
    expect(answer.body.errors[0].line).toBe(line)
    expect(answer.headers.get('Server-Timing')).toContain('round trips: 0')
  })

  it('takes bytes in UTF-8 alone, up to 1 MiB', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const latin1 = new TextEncoder().encode(JSON.stringify(fileOf('Date,Amount\n2026-11-23,-1')))
    latin1[10] = 0xe9
    expect(await amina.post(DRY, undefined, { rawBody: latin1, headers })).toBeProblem('malformed_json')
    const body = JSON.stringify(fileOf('Date,Amount'))
    const rawBody = `${body}${' '.repeat(1024 * 1024 - body.length)}`
    expect(await amina.post(DRY, undefined, { rawBody, headers })).toBeFaultAt('/csv', 'empty')
    expect(await amina.post(DRY, undefined, { rawBody: `${rawBody} `, headers })).toBeProblem('body_too_large')
  })

  it('is refused for a column of what comes in that is not there', async () => {
    const answer = await amina.post(DRY, fileOf('Date,Amount\n2026-11-23,-1', { amount: { inflowColumn: 'In' } }))
    expect(answer).toBeFaultAt('/mapping/amount/inflowColumn', 'unknown_column')
  })

  it('gives a row an id that follows from what tells it apart', async () => {
    const csv = (day: string, amount: string) =>
      `Date,Amount,Payee,Id\n${`2026-11-${day},${amount},Café,a\n`.repeat(2)}`
    const idsOf = async (...sent: Parameters<typeof rowsOf>) => (await rowsOf(...sent)).map(({ data }) => data?.id)
    const coffees = await idsOf(csv('23', '-3.5'), { merchant: 'Payee' })
    expect(new Set(coffees).size).toBe(2)
    expect(await idsOf(csv('23', '-3.50'), { merchant: 'Payee' })).toEqual(coffees)
    for (const other of [csv('24', '-3.5'), csv('23', '3.5'), csv('23', '-3.51')])
      expect(await idsOf(other, { merchant: 'Payee' })).not.toContain(coffees[0])
    const [byBank] = await idsOf(csv('23', '-3.5'), { externalId: 'Id' })
    expect((await idsOf(csv('24', '-4'), { externalId: 'Id' }))[0]).toBe(byBank)
    const ofCard = { merchant: 'Payee', account: 'Card' }
    expect(await idsOf(csv('23', '-3.5'), ofCard)).not.toEqual(coffees)
    expect(await idsOf(csv('23', '-3.5'), { ...ofCard, account: ' card ' })).toEqual(
      await idsOf(csv('23', '-3.5'), ofCard),
    )
    expect(await idsOf(csv('23', '-3.5'), { account: 'Card', externalId: 'Id' })).not.toContain(byBank)
    const own = newId()
    expect(await idsOf(`Date,Amount,Id\n2026-11-23,-1,${own}`, { externalId: 'Id' })).toEqual([own])
  })
})

describe('an import', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })
  const none = { new: 0, known: 0, similar: 0, deleted: 0, invalid: 0 }
  const countsOf = async (who: Employee, ...sent: Parameters<typeof fileOf>) => {
    const { status, body } = await who.post(IMPORTS, fileOf(...sent))
    expect([status, body.errors]).toEqual([201, undefined])
    return body.counts
  }
  /** All that an import can change. */
  const stateOf = async (who: Employee) => {
    const [changes, month] = [await who.get('/v1/changes'), await who.get('/v1/months/2026-11')]
    return [changes.body.changes, month.body]
  }
  const payees = { merchant: 'Payee' }
  const coffees = 'Date,Amount,Payee\n2026-11-23,-3.50,Café\n2026-11-23,-3.50,Café\n'

  it('makes expenses and incomes in one round trip, with its budget impact and alerts', async () => {
    const who = await employee()
    await who.limits('overall', { limit: 600 })
    const answer = await who.post(IMPORTS, fileOf(`${coffees}2026-11-24,3200,Salary\n`, payees))
    expect([answer.status, answer.body.counts]).toEqual([201, { ...none, new: 3 }])
    expect(answer.headers.get('Server-Timing')).toContain('round trips: 1')
    expect(answer.body.budget).toMatchObject([{ target: 'overall', after: { spent: 700 }, crossed: [80, 100] }])
    expect((await who.get('/v1/alerts')).body.data).toHaveLength(2)
    expect((await who.get('/v1/months/2026-11')).body).toMatchObject({ spent: 700, income: 320_000 })
    const { body: list } = await who.get('/v1/expenses?include=total')
    expect(list).toMatchObject({ data: [{ merchant: 'Café' }, { amount: 350 }], total: { amount: 700, count: 2 } })
    expect((await who.get('/v1/incomes')).body.data).toMatchObject([{ source: 'Salary', amount: 320_000 }])
    await who.limits('overall', { limit: 5000 })
    expect((await who.get('/v1/months/2026-11')).body.overall.spent).toBe(700)
  })

  it('of the same file changes nothing, and of one with a row more makes that', async () => {
    const who = await employee()
    expect(await countsOf(who, coffees, payees)).toEqual({ ...none, new: 2 })
    const { body: list } = await who.get('/v1/expenses')
    await who.patch(`/v1/expenses/${list.data[0].id}`, { note: 'mine', amount: 360 })
    const before = await stateOf(who)
    expect(await countsOf(who, coffees, payees)).toEqual({ ...none, known: 2 })
    expect(await stateOf(who)).toEqual(before)
    expect(await countsOf(who, `${coffees}2026-11-23,-3.50,Café`, payees)).toEqual({ ...none, known: 2, new: 1 })
    expect((await who.get('/v1/expenses?include=total')).body.total).toEqual({ amount: 1060, count: 3 })
  })

  it('leaves deleted what was deleted here, for as long as that is known', async () => {
    const who = await employee()
    await countsOf(who, coffees, payees)
    const { body: list } = await who.get('/v1/expenses')
    for (const { id } of list.data) await who.delete(`/v1/expenses/${id}`)
    // As the retention does it.
    const [purged] = list.data
    await write(
      sql`DELETE FROM expenses WHERE user_id = ${who.user.id} AND id = ${purged.id}`,
      sql`INSERT INTO deletions (user_id, resource, revision) VALUES (${who.user.id}, 'expense/' || ${purged.id}, 9)`,
    )
    const { body } = await who.post(DRY, fileOf(coffees, payees))
    expect(body.rows.map((row: PreviewRow) => [row.state, ...row.matches]).sort()).toEqual(
      list.data.map(({ id }: { id: string }) => ['deleted', id]).sort(),
    )
    expect(await countsOf(who, coffees, payees)).toEqual({ ...none, deleted: 2 })
    expect((await who.get('/v1/expenses')).body.data).toEqual([])
  })

  it('shows what is similar to what was entered by hand, and imports it all the same', async () => {
    const who = await employee()
    const spent = async (expense: object) => (await who.spends({ amount: 350, ...expense })).id
    const [early, late] = [await spent({ date: '2026-11-20' }), await spent({ date: '2026-11-26' })]
    await spent({ date: '2026-11-27' })
    await spent({ date: '2026-11-23', refund: true })
    await spent({ date: '2026-11-23', currency: 'EUR', exchangeRate: '1' })
    await spent({ date: '2026-11-23', amount: 351 })
    await who.earns({ date: '2026-11-23', amount: 350 })
    await countsOf(who, 'Date,Amount,Payee\n2026-11-22,-3.50,imported', payees)
    const { body } = await who.post(DRY, fileOf(coffees, payees))
    expect(body.counts).toEqual({ ...none, similar: 2 })
    for (const { state, matches } of body.rows)
      expect([state, matches.sort()]).toEqual(['similar', [early, late].sort()])
    expect(await countsOf(who, coffees, payees)).toEqual({ ...none, similar: 2 })
    expect((await who.get('/v1/expenses?q=caf')).body.data).toHaveLength(2)
  })

  it('is all or nothing: each fault is named, also those that only the database knows', async () => {
    const his = await (await employee()).sorts()
    const before = await stateOf(amina)
    const csv = 'Date,Amount,Kind,Cur\n2026-11-23,-1,,\n2026-11-23,-1,his,EUR\n2026-11-23,-1.001,nowhere,\n'
    const columns = { category: 'Kind', currency: 'Cur', categories: { his: his.id } }
    const faults = ({ body }: Answer) =>
      body.errors.map(({ pointer, line, member, code }: Record<string, string>) => [pointer, line, member, code])
    expect(faults(await amina.post(IMPORTS, fileOf(csv, columns)))).toEqual([
      ['/csv', 3, 'exchangeRate', 'required'],
      ['/csv', 3, 'category', 'unknown_category'],
      ['/csv', 4, 'amount', 'too_precise'],
      ['/csv', 4, 'category', 'unknown_category'],
    ])
    const many = `Date,Amount\n2026-11-23,-1\n${'x,-1\n'.repeat(101)}`
    const refused = faults(await amina.post(IMPORTS, fileOf(many)))
    expect([refused.length, refused[0]]).toEqual([100, ['/csv', 3, 'date', 'invalid_date']])
    expect(await stateOf(amina)).toEqual(before)
  })

  it('of too much is refused, and of the most that there may be is not', async () => {
    const who = await employee()
    const most = (day: string) => `Date,Amount\n${`2026-11-${day},-10000000000\n`.repeat(2000)}`
    for (const day of ['22', '23']) expect(await countsOf(who, most(day))).toEqual({ ...none, new: 2000 })
    const before = await stateOf(who)
    expect(await who.post(IMPORTS, fileOf(most('24')))).toBeFaultAt('/csv', 'total_out_of_range')
    expect(await stateOf(who)).toEqual(before)
  })

  it('of 2,000 rows crosses each threshold once', async () => {
    const who = await employee()
    const [food, fun] = [await who.sorts(), await who.sorts()]
    for (const target of ['overall', food.id, fun.id]) await who.limits(target, { limit: 500 }, '2025-01')
    const rows = Array.from({ length: 2000 }, (_, i) => {
      const month = String((i % 12) + 1).padStart(2, '0')
      return `2025-${month}-01,-0.10,${i},${i % 2 ? food.name : fun.name}`
    })
    const csv = `Date,Amount,Id,Kind\n${rows.join('\n')}`
    const { body } = await who.post(IMPORTS, fileOf(csv, { externalId: 'Id', category: 'Kind' }))
    expect(body.budget).toHaveLength(12 * 2)
    const { body: alerts } = await who.get('/v1/alerts?limit=100')
    expect(alerts.data).toHaveLength(12 * 2 * 2)
    expect(await countsOf(who, csv, { externalId: 'Id', category: 'Kind' })).toEqual({ ...none, known: 2000 })
    expect((await who.get('/v1/alerts?limit=100')).body).toEqual(alerts)
  })

  it('is exact with a key', async () => {
    const sent = fileOf('Date,Amount,Id\n2026-11-23,-7,keyed', { externalId: 'Id' })
    const keyed = { headers: { 'Idempotency-Key': newId() } }
    const first = await amina.post(IMPORTS, sent, keyed)
    const again = await amina.post(IMPORTS, sent, keyed)
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
    expect(await amina.post(IMPORTS, { ...sent, delimiter: ',' }, keyed)).toBeProblem('idempotency_key_reused')
    const { id } = first.body
    const taken = { headers: { 'Idempotency-Key': newId() } }
    const undone = await amina.delete(`${IMPORTS}/${id}`, taken)
    expect((await amina.delete(`${IMPORTS}/${id}`, taken)).body).toEqual(undone.body)
  })

  it('can be taken back, but for what was changed since, and then be done again', async () => {
    const who = await employee()
    await who.limits('overall', { limit: 1000 })
    const before = await who.get('/v1/months/2026-11')
    const csv = `${coffees}2026-11-22,-5,Bar\n2026-11-24,-6,Bar\n2026-11-24,3200,Salary\n`
    const { body: made } = await who.post(
      IMPORTS,
      fileOf(csv, { ...payees, categories: { bar: (await who.sorts()).id } }),
    )
    const { body: list } = await who.get('/v1/expenses?sort=amount')
    const [, , changed, deleted] = list.data
    await who.patch(`/v1/expenses/${changed.id}`, { note: 'kept' })
    await who.delete(`/v1/expenses/${deleted.id}`)

    const path = `${IMPORTS}/${made.id}`
    const tried = await who.delete(`${path}?dryRun=true`)
    // They do not count against the quota of six.
    for (let i = 0; i < 6; i++) await who.delete(`${path}?dryRun=true`)
    const answer = await who.delete(path)
    expect(answer.body.counts).toEqual({ deleted: 3, kept: 2 })
    expect(answer.body.budget[0]).toMatchObject({ target: 'overall', before: { spent: 1200 }, after: { spent: 500 } })
    expect([answer.status, tried.body]).toEqual([200, answer.body])
    expect(answer.headers.get('Server-Timing')).toContain('round trips: 1')
    expect((await who.get('/v1/expenses')).body.data).toMatchObject([{ id: changed.id, note: 'kept' }])
    expect((await who.get('/v1/incomes')).body.data).toEqual([])
    expect((await who.get('/v1/months/2026-11')).body.income).toBe(before.body.income)
    expect(await who.delete(path)).toBeProblem('import_not_found')

    await who.post(`/v1/expenses/${list.data[0].id}/restore`)
    expect(await countsOf(who, csv, payees)).toEqual({ ...none, new: 2, known: 2, deleted: 1 })
    expect((await who.get('/v1/months/2026-11')).body).toMatchObject({ spent: 1200, income: 320_000 })
  })

  it('of what was exported makes the same rows for a new user', async () => {
    const [old, young] = [await employee({ currency: 'EUR' }), await employee({ currency: 'EUR' })]
    for (const who of [old, young]) await who.sorts({ name: 'Essen, "frisch"' })
    const { body: categories } = await old.get('/v1/categories?limit=100')
    const { id: categoryId } = categories.data.find(({ name }: { name: string }) => name.startsWith('Essen'))
    const text = { merchant: '=Chez "Paul"', note: '-1\r\n; Überstunden 😀', tags: ['a,b', '\\', '@c'] }
    await old.spends({ ...text, categoryId })
    await old.spends({ amount: 1000, currency: 'JPY', exchangeRate: '0.0061' })
    await old.spends({ amount: 5, refund: true })
    await old.earns({ source: "'=Salary", note: '\u00a0+ bonus' })
    await old.earns({ currency: 'KWD', amount: 1001, exchangeRate: '3' })
    const members = { currency: 'currency', exchangeRate: 'exchangeRate', note: 'note', externalId: 'id' }
    const further = {
      expenses: { merchant: 'merchant', category: 'category', tags: 'tags' },
      incomes: { merchant: 'source' },
    }
    for (const list of ['expenses', 'incomes'] as const) {
      const path = `/v1/${list}/export?formulas=keep`
      const { body: csv } = await old.get(path)
      const sign = list === 'expenses' ? 'allExpenses' : 'expensesNegative'
      const columns = { date: { column: 'date' }, amount: { column: 'amount', sign } }
      const sent = fileOf(csv, { ...columns, ...members, ...further[list] })
      expect((await young.post(IMPORTS, sent)).status).toBe(201)
      const withoutTimes = (body: string) => body.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '')
      expect(withoutTimes((await young.get(path)).body)).toBe(withoutTimes(csv))
      expect((await old.post(`${DRY}`, sent)).body.counts).toMatchObject({ known: list === 'expenses' ? 3 : 2 })
    }
  })
})
