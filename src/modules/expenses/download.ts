import * as z from 'zod'
import type { RowOf } from '../../db/transaction.ts'
import { toInstant } from '../../shared/clock.ts'
import { joinList } from '../../shared/csv.ts'
import { toDecimal } from '../../shared/money.ts'
import { type Column, downloadMembers } from '../ledger/download.ts'
import { checkRanges } from '../ledger/schema.ts'
import type { allExpenses } from './queries.ts'
import { ExpenseQuery } from './schema.ts'

const { include: _, limit: __, cursor: ___, ...filters } = ExpenseQuery.shape

export const ExpenseDownloadQuery = z.strictObject({ ...downloadMembers, ...filters }).superRefine(checkRanges)

type Row = RowOf<ReturnType<typeof allExpenses>>

const signed = ({ refund }: Row, amount: number) => (refund ? -amount : amount)

/** The columns of the CSV file. */
export const columns: Column<Row>[] = [
  { name: 'id', of: ({ id }) => id },
  { name: 'date', of: ({ date }) => date },
  { name: 'amount', of: (row) => toDecimal(signed(row, row.amount), row.currency) },
  { name: 'currency', of: ({ currency }) => currency },
  { name: 'exchangeRate', of: ({ exchangeRate }) => exchangeRate },
  { name: 'baseAmount', of: (row) => toDecimal(signed(row, row.baseAmount), row.baseCurrency) },
  { name: 'baseCurrency', of: ({ baseCurrency }) => baseCurrency },
  { name: 'category', of: ({ category }) => category, isText: true },
  { name: 'merchant', of: ({ merchant }) => merchant, isText: true },
  { name: 'note', of: ({ note }) => note, isText: true },
  { name: 'tags', of: ({ tags }) => joinList(tags), isText: true },
  { name: 'createdAt', of: ({ createdAt }) => toInstant(createdAt) },
  { name: 'updatedAt', of: ({ updatedAt }) => toInstant(updatedAt) },
]

/** Such a file, for the document. */
export const example = [
  columns.map(({ name }) => name).join(','),
  '0198c5d2-7b3e-7c4a-9f60-3d1f8a2b4c5e,2026-11-23,12.99,USD,,12.99,USD,Food,Chez Paul,Team lunch,"client,lunch",' +
    '2026-11-23T09:30:00.000Z,2026-11-23T09:30:00.000Z',
].join('\r\n')
