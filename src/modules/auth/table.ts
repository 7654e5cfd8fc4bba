import { foreignKey, integer, primaryKey, sqliteTable } from 'drizzle-orm/sqlite-core'
import { id, instant } from '../../db/columns.ts'
import { sessions } from '../sessions/table.ts'

/** When each refresh token was rotated, kept as long as the token may be sent again. */
export const rotations = sqliteTable(
  'rotations',
  {
    userId: id('user_id'),
    sessionId: id('session_id'),
    generation: integer('generation').notNull(),
    at: instant('at'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.sessionId, table.generation] }),
    foreignKey({
      columns: [table.userId, table.sessionId],
      foreignColumns: [sessions.userId, sessions.id],
    }).onDelete('cascade'),
  ],
)
