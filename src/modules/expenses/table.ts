import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { ledgerColumns, ledgerRules } from '../ledger/columns.ts'

export const expenses = sqliteTable(
  'expenses',
  {
    ...ledgerColumns(),
    merchant: text('merchant'),
    merchantFolded: text('merchant_folded'),
    tags: text('tags', { mode: 'json' }).$type<string[]>().notNull(),
  },
  (table) => ledgerRules('expenses', table),
)
