import { and, asc, eq, getTableColumns, ne, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { isChanged, isChangedBy } from '../../db/changed.ts'
import { guard } from '../../db/guard.ts'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { rawText } from '../../http/schema.ts'
import { now } from '../../shared/clock.ts'
import { newId } from '../../shared/ids.ts'
import { fold } from '../../shared/text.ts'
import { revisionOf } from '../changes/revision.ts'
import { expenses } from '../expenses/table.ts'
import type { CategoryPatch, CategoryQuery, NewCategory } from './schema.ts'
import { type CategoryRow, categories } from './table.ts'

type Owner = Pick<Actor, 'userId'>

const isCategory = ({ userId }: Owner, id: string) => and(eq(categories.userId, userId), eq(categories.id, id))

const SORT = 'name'

/** A folded name in a cursor, which anybody can forge; folding can make a name longer. */
const FoldedName = rawText(1, 200)

/** Where `row` stands in the list of categories, for its cursor. */
export const placeOfCategory = ({ nameFolded, id }: CategoryRow): Place => ({ sort: SORT, value: nameFolded, id })

const afterCursor = (cursor: string) => {
  const { value, id } = fromCursor(cursor, SORT, FoldedName)
  return sql`(${categories.nameFolded}, ${categories.id}) > (${value}, ${id})`
}

/** A page of the actor's categories by name, and one more. Throws invalidRequest for a bad cursor. */
export const listCategories = ({ userId }: Owner, { archived, cursor, limit }: z.infer<typeof CategoryQuery>) =>
  statements
    .select()
    .from(categories)
    .where(
      and(
        eq(categories.userId, userId),
        archived === undefined ? undefined : eq(categories.archived, archived),
        cursor ? afterCursor(cursor) : undefined,
      ),
    )
    .orderBy(asc(categories.nameFolded), asc(categories.id))
    .limit(limit + 1)

export const categoryById = (actor: Owner, id: string) =>
  statements
    .select({ ...getTableColumns(categories), revision: revisionOf(actor, 'category', sql`${categories.id}`) })
    .from(categories)
    .where(isCategory(actor, id))

/** The revision of the category, for its preconditions. */
export const categoryRevision = (actor: Owner, id: string) => revisionOf(actor, 'category', sql`${id}`)

const rowOf = ({ userId }: Owner, { name, ...rest }: z.infer<typeof NewCategory>) => {
  const at = now()
  return { ...rest, userId, name, nameFolded: fold(name), createdAt: at, updatedAt: at }
}

/** Makes the category with this id, or replaces all of it but `createdAt`. */
export const putCategory = (actor: Owner, id: string, category: z.infer<typeof NewCategory>) => {
  const { createdAt, ...replacement } = rowOf(actor, category)
  return statements
    .insert(categories)
    .values({ id, createdAt, ...replacement })
    .onConflictDoUpdate({
      target: [categories.userId, categories.id],
      set: replacement,
      setWhere: isChanged(categories, 'createdAt', 'updatedAt'),
    })
}

export const insertCategories = (owner: Owner, names: string[]) =>
  statements
    .insert(categories)
    .values(names.map((name) => ({ id: newId(), ...rowOf(owner, { name, color: null, archived: false }) })))

/** Changes what the patch names, unless it is so already. */
export const updateCategory = (actor: Owner, id: string, { name, ...rest }: z.infer<typeof CategoryPatch>) => {
  const set = { ...rest, ...(name !== undefined && { name, nameFolded: fold(name) }) }
  return statements
    .update(categories)
    .set({ ...set, updatedAt: now() })
    .where(and(isCategory(actor, id), isChangedBy(categories, set)))
}

export const deleteCategory = (actor: Owner, id: string) =>
  statements.delete(categories).where(isCategory(actor, id)).returning({ id: categories.id })

/** The constraint that a batch breaks which puts an expense where none can go. */
export const CATEGORY_NOT_LIVE = 'category_not_live'

/** That the category is the actor's and not archived, or that `unless` holds. */
export const categoryGuard = ({ userId }: Owner, id: string, unless = sql`FALSE`) =>
  guard(
    CATEGORY_NOT_LIVE,
    sql`EXISTS (SELECT 1 FROM categories WHERE user_id = ${userId} AND id = ${id} AND NOT archived) OR ${unless}`,
  )

/** Where the expenses of a category that is to be deleted may go: to another one, which is live. */
export const destinationGuards = (actor: Owner, id: string, moveTo: string | undefined) =>
  moveTo === undefined ? [] : [categoryGuard(actor, moveTo), guard(CATEGORY_NOT_LIVE, sql`${moveTo} <> ${id}`)]

/** Moves none where both are the same category, as they are in a deletion that names no destination. */
export const moveExpenses = ({ userId }: Owner, from: string, to: string) =>
  statements
    .update(expenses)
    .set({ categoryId: to, updatedAt: now() })
    .where(and(eq(expenses.userId, userId), eq(expenses.categoryId, from), ne(expenses.categoryId, to)))
