import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { ledgerColumns, ledgerRules } from '../ledger/columns.ts'

export const incomes = sqliteTable(
  'incomes',
  { ...ledgerColumns(), source: text('source'), sourceFolded: text('source_folded') },
  (table) => ledgerRules('incomes', table),
)
