import type * as z from 'zod'
import { invalidRequest } from '../../http/problems.ts'
import { Id } from '../../http/schema.ts'
import { toDayNumber } from '../../shared/calendar.ts'
import { splitList } from '../../shared/csv.ts'
import { currencies } from '../../shared/currencies.ts'
import { derivedId } from '../../shared/ids.ts'
import { fold } from '../../shared/text.ts'
import { searchable } from '../ledger/queries.ts'
import { ExchangeRate, Merchant, Note, Tags } from '../ledger/schema.ts'
import { type Decimal, toAmount, toDay } from './cells.ts'
import { type Row, readFile } from './file.ts'
import type { Mapping, NewImport } from './input-schema.ts'
import { columnMessages, type RowFault, rowFault } from './problems.ts'

type Kind = 'expense' | 'income'

/** A row as it is sent to the database, which knows the user's currency and categories: see resolve.ts. */
export type Item = {
  kind: Kind
  id: string
  date: string
  digits: number
  scale: number
  refund?: true
  currency?: string
  exchangeRate?: string
  /** The category: by its id or by its folded name. */
  sentCategoryId?: string
  categoryName?: string
  merchant?: string | null
  source?: string | null
  note?: string | null
  tags: string[]
}

/** A row of a file, as far as it can be read without the database. Its item is null if something is wrong with it. */
export type ParsedRow = { line: number; kind: Kind | null; item: Item | null; errors: RowFault[] }

type Member = keyof Mapping
/** The cells of a row, by the member of `mapping`; empty where that is left out. */
type Cells = Record<Member | 'inflow', string>

const MEMBERS: (keyof Cells)[] = [
  'date',
  'amount',
  'inflow',
  'merchant',
  'note',
  'category',
  'tags',
  'currency',
  'exchangeRate',
  'externalId',
]

/** The column that `mapping` names for a member, and where it does. */
const columnOf = (mapping: Mapping, member: keyof Cells) => {
  if (member === 'inflow') return { name: mapping.amount.inflowColumn, path: 'amount/inflowColumn' }
  const column = mapping[member]
  return typeof column === 'object' ? { name: column.column, path: `${member}/column` } : { name: column, path: member }
}

/** Where each mapped column is. Throws invalidRequest, with a fault for each that the header lacks or has twice. */
const placesOf = (mapping: Mapping, header: string[]): Map<keyof Cells, number> => {
  const places = new Map<keyof Cells, number>()
  const errors = MEMBERS.flatMap((member) => {
    const { name, path } = columnOf(mapping, member)
    if (name === undefined) return []
    const found = header.flatMap((title, i) => (title === name.trim() ? [i] : []))
    const [place] = found
    if (place !== undefined && found.length === 1) places.set(member, place)
    const code = place === undefined ? 'unknown_column' : 'ambiguous_column'
    const fault = { in: 'body' as const, pointer: `/mapping/${path}`, code, message: columnMessages[code] }
    return found.length === 1 ? [] : [fault]
  })
  if (errors.length > 0) throw invalidRequest({ errors })
  return places
}

/** Notes what a schema finds wrong with a member, and returns what it makes of it. */
const checked = <T>(errors: RowFault[], member: Member, schema: z.ZodType<T>, value: unknown): T | undefined => {
  const { data, error } = schema.safeParse(value)
  for (const issue of error?.issues.slice(0, 1) ?? []) {
    const code = issue.code === 'custom' ? String(issue.params?.code) : issue.code
    errors.push({ member, code, message: issue.message })
  }
  return data
}

/** The amount of a row, signed as in the column `amount`. If inflows have a column, one of the two is empty or 0. */
const amountOf = (cells: Cells, { decimal, sign }: Mapping['amount']): Decimal | null => {
  const [outflow, inflow] = [toAmount(cells.amount, decimal), toAmount(cells.inflow, decimal)]
  const isNone = (cell: string, amount: Decimal | null) => cell.trim() === '' || amount?.sign === 0
  if (isNone(cells.inflow, inflow)) return outflow
  if (!inflow || !isNone(cells.amount, outflow)) return null
  return sign === 'expensesNegative' ? inflow : { ...inflow, sign: inflow.sign < 0 ? 1 : -1 }
}

const kindOf = ({ sign }: Decimal, { amount }: Mapping): Kind => {
  if (amount.sign === 'allExpenses') return 'expense'
  return sign < 0 === (amount.sign === 'expensesNegative') ? 'expense' : 'income'
}

type Categories = Map<string, string | null>

/** The category that a row asks for, by id or by name; nothing for none. */
const categoryOf = ({ category, merchant }: Cells, categories: Categories) => {
  const known = [category, merchant].map((text) => fold(text.trim())).find((text) => text && categories.has(text))
  if (known !== undefined) return { sentCategoryId: categories.get(known) ?? undefined }
  return category.trim() === '' ? {} : { categoryName: fold(category.trim()) }
}

/** What tells a row from every other: what the bank calls it, or what stands in it and its number among its equals. */
type Identity = { key: string; at: number }

const identityOf = (
  item: Omit<Item, 'id'>,
  { externalId, merchant }: Cells,
  account: string[],
  counts: Map<string, number>,
): Identity => {
  // The bank may date a row anew: then it has the same id all the same.
  if (externalId.trim() !== '') return { key: JSON.stringify([item.kind, externalId.trim(), ...account]), at: 0 }
  const { kind, refund = false, date, digits, scale, currency = null } = item
  const equal = JSON.stringify([kind, refund, date, digits, scale, currency, merchant.trim(), ...account])
  const count = (counts.get(equal) ?? 0) + 1
  counts.set(equal, count)
  return { key: `${equal} ${count}`, at: toDayNumber(date) * 86_400_000 }
}

/** The id of a row: see `derivedId`. An `externalId` that can be an id is it: what was exported is known again. */
const idOf = async (userId: string, cells: Cells, { key, at }: Identity) => {
  const { success, data } = Id.safeParse(cells.externalId.trim())
  return success ? data : derivedId(`${userId} ${key}`, at)
}

/** A row without its id. */
const parseRow = ({ line, cells }: Row, header: string[], of: Cells, mapping: Mapping, categories: Categories) => {
  const errors: RowFault[] = []
  const date = toDay(of.date, mapping.date.format)
  const amount = amountOf(of, mapping.amount)
  const currency = of.currency.trim().toUpperCase()
  const rate = mapping.amount.decimal === ',' ? of.exchangeRate.trim().replace(',', '.') : of.exchangeRate.trim()
  const isLonger = cells.slice(header.length).some((cell) => cell.trim() !== '')
  if (cells.length < header.length || isLonger) errors.push(rowFault(null, 'cell_count'))
  if (!date) errors.push(rowFault('date', 'invalid_date'))
  if (!amount) errors.push(rowFault('amount', 'invalid_amount'))
  if (amount?.sign === 0) errors.push(rowFault('amount', 'too_small'))
  if (currency && !currencies.has(currency)) errors.push(rowFault('currency', 'unknown_currency'))
  const kind = amount && amount.sign !== 0 ? kindOf(amount, mapping) : null
  const payee = checked(errors, 'merchant', Merchant, of.merchant.trim() || null)
  const members = {
    ...(rate && { exchangeRate: checked(errors, 'exchangeRate', ExchangeRate, rate) ?? '' }),
    ...searchable('note', checked(errors, 'note', Note, of.note.trim() || null)),
    ...searchable(kind === 'income' ? 'source' : 'merchant', payee),
    tags: (kind === 'expense' && checked(errors, 'tags', Tags, splitList(of.tags))) || [],
    ...(kind === 'expense' && categoryOf(of, categories)),
    ...(kind === 'expense' &&
      amount &&
      amount.sign < 0 &&
      mapping.amount.sign === 'allExpenses' && { refund: true as const }),
    ...(currency && { currency }),
  }
  const isWhole = errors.length === 0 && date && amount && kind
  const item = isWhole ? { kind, date, digits: amount.digits, scale: amount.scale, ...members } : null
  return { line, kind, item, errors }
}

/**
 * The rows of a file, in its order, as far as they can be read without the database. Throws invalidRequest for a file
 * or a mapping that makes no sense as a whole.
 */
export const parseRows = async (
  userId: string,
  { csv, delimiter, mapping, categories: sent = {}, account }: z.infer<typeof NewImport>,
): Promise<ParsedRow[]> => {
  const { header, rows } = await readFile(csv, delimiter)
  const places = placesOf(mapping, header)
  const categories = new Map(Object.entries(sent).map(([name, id]) => [fold(name.trim()), id]))
  const ofAccount = account === undefined ? [] : [fold(account.trim())]
  const counts = new Map<string, number>()
  const ids = new Set<string>()
  const parsed: ParsedRow[] = []
  for (const row of rows) {
    const cells = Object.fromEntries(
      MEMBERS.map((member) => [member, row.cells[places.get(member) ?? -1] ?? '']),
    ) as Cells
    const { item, ...rest } = parseRow(row, header, cells, mapping, categories)
    const id = item && (await idOf(userId, cells, identityOf(item, cells, ofAccount, counts)))
    const isDouble = item && id && ids.has(`${item.kind} ${id}`)
    if (item && id) ids.add(`${item.kind} ${id}`)
    if (isDouble) rest.errors.push(rowFault('externalId', 'duplicate'))
    parsed.push({ ...rest, item: item && id && !isDouble ? { ...item, id } : null })
  }
  return parsed
}
