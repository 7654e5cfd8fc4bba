import { Day } from '../../http/schema.ts'
import type { DATE_FORMATS } from './input-schema.ts'

type DateFormat = (typeof DATE_FORMATS)[number]

const PARTS: Record<string, string> = {
  YYYY: String.raw`(?<year>\d{4})`,
  YY: String.raw`(?<year>\d{2})`,
  MM: String.raw`(?<month>\d{1,2})`,
  DD: String.raw`(?<day>\d{1,2})`,
  '.': String.raw`\.`,
}

const patterns = new Map<DateFormat, RegExp>()

/** What a cell of this format matches: a day, and perhaps a time, which is ignored. */
const patternOf = (format: DateFormat) => {
  const exact = format === 'YYYYMMDD' ? String.raw`(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})` : undefined
  const source = exact ?? format.replaceAll(/YYYY|YY|MM|DD|\./g, (part) => PARTS[part] ?? part)
  const pattern = patterns.get(format) ?? new RegExp(String.raw`^${source}(?:[T ,]+\d{1,2}:\d{2}.*)?$`)
  patterns.set(format, pattern)
  return pattern
}

/** The day `YYYY-MM-DD` of a cell, or null if it is none. */
export const toDay = (cell: string, format: DateFormat): string | null => {
  const { year = '', month = '', day = '' } = patternOf(format).exec(cell.trim())?.groups ?? {}
  const name = `${year.padStart(4, '20')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return Day.safeParse(name).success ? name : null
}

/** An amount without its currency: `sign × digits ÷ 10^scale`. */
export type Decimal = { sign: -1 | 0 | 1; digits: number; scale: number }

/** More than any amount has in any currency, and exact in a JS number. */
const MAX_DIGITS = 15

/** Longer than any amount is written. It bounds what the patterns below try. */
const MAX_LENGTH = 60

/** What stands before a number and after it: its sign, that of a currency, and blanks. */
const EDGES = /^([\p{Sc}\s(+-]*)(.*?)([\p{Sc}\s)+-]*)$/su

/** What an amount is multiplied by, by what stands around it. */
const signs: Partial<Record<string, -1 | 1>> = { '': 1, '+': 1, '-': -1, '()': -1 }

/** Digits, perhaps in groups of three or, as in India, of two before the last three. */
const WHOLE = /^\d*$|^\d{1,3}([.,'\s])(?:\d{2,3}\1)*\d{3}$/

/** The amount of a cell, or null if it is none. */
export const toAmount = (cell: string, decimal: '.' | ','): Decimal | null => {
  if (cell.length > MAX_LENGTH) return null
  const text = cell
    .replaceAll(/[\u200e\u200f]/g, '')
    .replaceAll(/[\u2212\u2013]/g, '-')
    .replaceAll('\u2019', "'")
  const [, before = '', number = '', after = ''] = EDGES.exec(text) ?? []
  const marks = `${before}${after}`.replaceAll(/[\p{Sc}\s]/gu, '')
  const sign = signs[marks]
  const [whole = '', fraction = '', ...more] = number.split(decimal)
  const isNumber = more.length === 0 && WHOLE.test(whole) && /^\d*$/.test(fraction) && /\d/.test(number)
  if (!isNumber || sign === undefined) return null
  const decimals = fraction.replace(/0+$/, '')
  const digits = `${whole.replaceAll(/\D/g, '')}${decimals}`.replace(/^0+/, '')
  if (digits === '') return { sign: 0, digits: 0, scale: 0 }
  return { sign, digits: digits.length > MAX_DIGITS ? 10 ** MAX_DIGITS : Number(digits), scale: decimals.length }
}
