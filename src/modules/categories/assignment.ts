import { type SQLWrapper, sql } from 'drizzle-orm'

/** SQL of the row that is written, and of the category that it is to have. Columns of other tables are qualified. */
type Assignment = Record<'userId' | 'id' | 'categoryId', SQLWrapper>

/** Whether a category takes new rows: it is the user's, and not archived. */
export const isLiveCategory = ({ userId, categoryId }: Pick<Assignment, 'userId' | 'categoryId'>) =>
  sql`EXISTS (SELECT 1 FROM categories WHERE user_id = ${userId} AND id = ${categoryId} AND NOT archived)`

/** Whether a category takes a row of `table`, or has it already: an archived one keeps what it has. */
export const takesCategory = (table: SQLWrapper, { userId, id, categoryId }: Assignment) =>
  sql`(${isLiveCategory({ userId, categoryId })} OR EXISTS (SELECT 1 FROM ${table}
    WHERE user_id = ${userId} AND id = ${id} AND deleted_at IS NULL AND category_id = ${categoryId}))`

/** What a deletion does to a row with a category: it keeps none, so that the category can be deleted, too. */
export const releaseCategory = sql`former_category_id = coalesce(category_id, former_category_id), category_id = NULL`

/** The category that a row of `table` has or, where it is deleted, had, if that is still there. */
export const restoredCategory = (table: SQLWrapper) => sql`coalesce(category_id, (SELECT categories.id FROM categories
  WHERE categories.user_id = ${table}.user_id AND categories.id = ${table}.former_category_id))`

/**
 * What a restoration does to a row with a category. Where the category is gone, `former_category_id` stays, so that
 * whoever restores the row again is told again.
 */
export const restoreCategory = (table: SQLWrapper) => sql`category_id = ${restoredCategory(table)},
  former_category_id = iif(${restoredCategory(table)} IS NULL, former_category_id, NULL)`
