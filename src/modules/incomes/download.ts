import * as z from 'zod'
import type { RowOf } from '../../db/transaction.ts'
import { toInstant } from '../../shared/clock.ts'
import { toDecimal } from '../../shared/money.ts'
import { type Column, downloadMembers } from '../ledger/download.ts'
import { checkRanges } from '../ledger/schema.ts'
import type { allIncomes } from './queries.ts'
import { IncomeQuery } from './schema.ts'

const { include: _, limit: __, cursor: ___, ...filters } = IncomeQuery.shape

export const IncomeDownloadQuery = z.strictObject({ ...downloadMembers, ...filters }).superRefine(checkRanges)

type Row = RowOf<ReturnType<typeof allIncomes>>

/** The columns of the CSV file. */
export const columns: Column<Row>[] = [
  { name: 'id', of: ({ id }) => id },
  { name: 'date', of: ({ date }) => date },
  { name: 'amount', of: ({ amount, currency }) => toDecimal(amount, currency) },
  { name: 'currency', of: ({ currency }) => currency },
  { name: 'exchangeRate', of: ({ exchangeRate }) => exchangeRate },
  { name: 'baseAmount', of: ({ baseAmount, baseCurrency }) => toDecimal(baseAmount, baseCurrency) },
  { name: 'baseCurrency', of: ({ baseCurrency }) => baseCurrency },
  { name: 'source', of: ({ source }) => source, isText: true },
  { name: 'note', of: ({ note }) => note, isText: true },
  { name: 'createdAt', of: ({ createdAt }) => toInstant(createdAt) },
  { name: 'updatedAt', of: ({ updatedAt }) => toInstant(updatedAt) },
]

/** Such a file, for the document. */
export const example = [
  columns.map(({ name }) => name).join(','),
  '0198c5d2-7b3e-7c4a-9f60-3d1f8a2b4c5e,2026-11-25,3200.00,USD,,3200.00,USD,Salary,,' +
    '2026-11-25T09:30:00.000Z,2026-11-25T09:30:00.000Z',
].join('\r\n')
