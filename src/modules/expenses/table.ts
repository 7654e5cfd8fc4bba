import { foreignKey, index, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { categories } from '../categories/table.ts'
import { ledgerColumns, ledgerRules } from '../ledger/columns.ts'

export const expenses = sqliteTable(
  'expenses',
  {
    ...ledgerColumns(),
    categoryId: text('category_id'),
    merchant: text('merchant'),
    merchantFolded: text('merchant_folded'),
    tags: text('tags', { mode: 'json' }).$type<string[]>().notNull(),
  },
  (table) => [
    ...ledgerRules('expenses', table),
    // On the user too: no path can put an expense into a colleague's category.
    foreignKey({ columns: [table.userId, table.categoryId], foreignColumns: [categories.userId, categories.id] }),
    index('expenses_by_category').on(table.userId, table.categoryId, table.date, table.id),
  ],
)
