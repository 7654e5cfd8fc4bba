import { faultAt, invalidRequest } from '../../http/problems.ts'
import { defineProblem } from '../../shared/problem.ts'
import { CATEGORY_MUST_BE_LIVE } from '../categories/problems.ts'
import { rateMessages } from '../ledger/problems.ts'
import { MAX_READ_ROWS, MAX_ROWS, type Mapping } from './input-schema.ts'

export const importNotFound = defineProblem({
  code: 'import_not_found',
  status: 404,
  title: 'Import not found',
  detail: 'You have no import with this id, or it was taken back.',
})

const fileMessages = {
  empty: 'Has no row besides the header',
  too_many_rows: `Has more than ${MAX_ROWS} rows, or ${MAX_READ_ROWS} with empty ones: split the file, between two days`,
  invalid_text: 'Has lone surrogates',
  not_utf8:
    'Has U+FFFD, which stands for what was lost: read the file in its own encoding, such as Windows-1252 or Latin-1',
  unclosed_quote: 'Has a quote that is never closed, in the row that begins in this line',
  invalid_quote: 'Has a quote in the midst of a cell: such a cell is quoted, and a quote in it doubled',
}

/** Makes the problem of a file that cannot be read as a whole. `line` is where. */
export const badFile = (code: keyof typeof fileMessages, line?: number) =>
  invalidRequest({
    errors: [{ in: 'body', pointer: '/csv', code, message: fileMessages[code], ...(line && { line }) }],
  })

/** The faults of the members of `mapping` that name no column of the file, or one of several. */
export const columnMessages = {
  unknown_column: 'The file has no such column in its header row',
  ambiguous_column: 'The file has several columns of this name',
}

/** What is wrong with a cell, or with a row as a whole. */
export type RowFault = { member: keyof Mapping | null; code: string; message: string }

const rowMessages = {
  cell_count: 'Has another number of cells than the header row',
  invalid_date: 'Must be a day in the format of `mapping.date`, from 1970-01-01 to 2199-12-31',
  invalid_amount: 'Must be an amount as `mapping.amount` says',
  too_small: 'Must not be 0',
  too_precise: 'Has more decimals than its currency',
  out_of_range: 'Must be at most 1,000,000,000,000 in minor units of its currency',
  unknown_currency: 'Must be a currency code of ISO 4217, one of GET /v1/currencies',
  duplicate: 'Must not be in the file twice',
  unknown_category: `${CATEGORY_MUST_BE_LIVE}, by its name or in \`categories\``,
  ...rateMessages,
}

export const rowFault = (member: RowFault['member'], code: keyof typeof rowMessages): RowFault => ({
  member,
  code,
  message: rowMessages[code],
})

/** How many faults one answer lists. */
const MAX_FAULTS = 100

/** Makes the problem of rows at fault: what an import is refused for. */
export const badRows = (rows: { line: number; errors: RowFault[] }[]) => {
  const errors = rows.flatMap(({ line, errors }) =>
    errors.map(({ member, code, message }) => ({ in: 'body' as const, pointer: '/csv', code, message, line, member })),
  )
  return invalidRequest({ errors: errors.slice(0, MAX_FAULTS) })
}

/** Refuses an import with rows that are at fault by themselves. */
export const refuseFaults = (rows: { line: number; errors: RowFault[] }[]) => {
  if (rows.some(({ errors }) => errors.length > 0)) throw badRows(rows)
}

/** The problem for the bounds of a user's sums. */
const totalOutOfRange = faultAt(
  'body',
  '/csv',
  'total_out_of_range',
  'Makes the sum of all expenses or all incomes too large',
)
export const importConflicts = { users_total_spent_range: totalOutOfRange, users_total_earned_range: totalOutOfRange }
