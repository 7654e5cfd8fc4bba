import { foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { id, instant, revision } from '../../db/columns.ts'
import { users } from '../users/table.ts'

export const categories = sqliteTable(
  'categories',
  {
    userId: id('user_id'),
    id: id(),
    name: text('name').notNull(),
    nameFolded: text('name_folded').notNull(),
    color: text('color'),
    archived: integer('archived', { mode: 'boolean' }).notNull(),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
    revision: revision(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.id] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    uniqueIndex('categories_name_key').on(table.userId, table.nameFolded),
    index('categories_by_revision').on(table.userId, table.revision),
  ],
)

export type CategoryRow = typeof categories.$inferSelect
