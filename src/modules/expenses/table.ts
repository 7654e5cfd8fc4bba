import { sql } from 'drizzle-orm'
import { check, foreignKey, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { categories } from '../categories/table.ts'
import { isLive, ledgerColumns, ledgerRules } from '../ledger/columns.ts'

export const expenses = sqliteTable(
  'expenses',
  {
    ...ledgerColumns(),
    /** User currency per unit of `currency`, a decimal; null where that is the user's. */
    exchangeRate: text('exchange_rate'),
    baseAmount: integer('base_amount').notNull(),
    baseCurrency: text('base_currency').notNull(),
    categoryId: text('category_id'),
    /** Of a deleted expense, the category that it had: it keeps none, so that the category can be deleted too. */
    formerCategoryId: text('former_category_id'),
    merchant: text('merchant'),
    merchantFolded: text('merchant_folded'),
    tags: text('tags', { mode: 'json' }).$type<string[]>().notNull(),
  },
  (table) => [
    check(
      'expenses_rate_required',
      sql`${table.currency} = ${table.baseCurrency} OR ${table.exchangeRate} IS NOT NULL`,
    ),
    check('expenses_rate_unneeded', sql`${table.currency} <> ${table.baseCurrency} OR ${table.exchangeRate} IS NULL`),
    check('expenses_base_amount_range', sql`${table.baseAmount} BETWEEN 1 AND ${sql.raw(String(MAX_AMOUNT))}`),
    ...ledgerRules('expenses', table, table.baseCurrency),
    // On the user too: no path can put an expense into a colleague's category.
    foreignKey({ columns: [table.userId, table.categoryId], foreignColumns: [categories.userId, categories.id] }),
    // Of all rows, since the foreign key looks here, too; a deleted one is in no category. It ends in what the sums of
    // a month need: when all of them are counted anew, a million expenses take 0.4 s instead of 1.7.
    index('expenses_by_category').on(
      table.userId,
      table.categoryId,
      table.date,
      table.id,
      table.baseAmount,
      table.deletedAt,
    ),
    index('expenses_by_category_amount')
      .on(table.userId, table.categoryId, table.amount, table.id)
      .where(isLive(table)),
  ],
)
