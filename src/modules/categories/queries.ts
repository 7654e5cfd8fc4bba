import { getTableColumns, type SQLWrapper, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { type Guard, requires } from '../../db/guard.ts'
import { bound, compile, compileEach, type Params, statements, toStatement } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { rawText } from '../../http/schema.ts'
import { now } from '../../shared/clock.ts'
import { newId } from '../../shared/ids.ts'
import { fold } from '../../shared/text.ts'
import { currentRevision, forgetDeletions, newRevision } from '../ledger/revision.ts'
import { categoryNotFound, tooManyCategories } from './problems.ts'
import type { CategoryPatch, CategoryQuery, NewCategory } from './schema.ts'
import { type CategoryRow, categories } from './table.ts'

type Owner = Pick<Actor, 'userId'>
type Own = Params<'userId' | 'id'>

/** How many categories a user has at most. */
const MAX_CATEGORIES = 200

const isOwn = ({ userId, id }: Own) => sql`${categories.userId} = ${userId} AND ${categories.id} = ${id}`

const SORT = 'name'

/** A folded name in a cursor, which anybody can forge; folding can make a name longer. */
const FoldedName = rawText(1, 200)

/** Where `row` stands in the list of categories, for its cursor. */
export const placeOfCategory = ({ nameFolded, id }: Pick<CategoryRow, 'nameFolded' | 'id'>): Place => ({
  sort: SORT,
  value: nameFolded,
  id,
})

/** What an answer is made of, and what its place in the list is. */
const { userId: _, ...shown } = getTableColumns(categories)
export const categoryColumns = shown

/** The name of the user's category whose id a target is, as SQL within any statement; null for what is no category. */
export const categoryName = (userId: SQLWrapper, target: SQLWrapper) =>
  sql<string | null>`(SELECT name FROM categories WHERE (user_id, id) = (${userId}, ${target}))`

type ListNames = 'userId' | 'archived' | 'afterName' | 'afterId' | 'limit'

const selectPage = compileEach((params: Params<ListNames>, byArchived: boolean, isNext: boolean) => {
  const { userId, archived, afterName, afterId, limit } = params
  return statements
    .select(shown)
    .from(categories)
    .where(
      sql`${categories.userId} = ${userId}
        ${byArchived ? sql`AND ${categories.archived} = ${archived}` : sql``}
        ${isNext ? sql`AND (${categories.nameFolded}, ${categories.id}) > (${afterName}, ${afterId})` : sql``}`,
    )
    .orderBy(categories.nameFolded, categories.id)
    .limit(limit)
})

/** A page of the actor's categories by name, and one more. Throws invalidRequest for a bad cursor. */
export const listCategories = ({ userId }: Owner, { archived, cursor, limit }: z.infer<typeof CategoryQuery>) => {
  const after = cursor === undefined ? undefined : fromCursor(cursor, SORT, FoldedName)
  const values = { userId, archived, afterName: after?.value, afterId: after?.id, limit: limit + 1 }
  return selectPage(archived !== undefined, after !== undefined)(values)
}

const selectOne = compile((own: Own) => statements.select(shown).from(categories).where(isOwn(own)))

export const categoryById = ({ userId }: Owner, id: string) => selectOne({ userId, id })

/** The revision of the category, for its preconditions. */
export const categoryRevision = ({ userId }: Owner, id: string) =>
  sql`(SELECT revision FROM categories WHERE ${isOwn(bound({ userId, id }))})`

const requireOne = compile((own: Own) => requires(sql`EXISTS (SELECT 1 FROM categories WHERE ${isOwn(own)})`))

/** Requires that the actor has this category. */
export const categoryExists = ({ userId }: Owner, id: string): Guard => ({
  statement: requireOne({ userId, id }),
  problem: () => categoryNotFound(),
})

const requireRoom = compile((own: Own) =>
  requires(sql`EXISTS (SELECT 1 FROM categories WHERE ${isOwn(own)})
    OR (SELECT count(*) FROM categories WHERE user_id = ${own.userId}) < ${sql.raw(String(MAX_CATEGORIES))}`),
)

type Names = 'userId' | 'id' | 'name' | 'nameFolded' | 'color' | 'archived' | 'at'

const upsert = compile(
  ({ userId, id, name, nameFolded, color, archived, at }: Params<Names>) => sql`
  INSERT INTO categories (user_id, id, name, name_folded, color, archived, created_at, updated_at, revision)
  VALUES (${userId}, ${id}, ${name}, ${nameFolded}, ${color}, ${archived}, ${at}, ${at}, ${currentRevision(userId)})
  ON CONFLICT (user_id, id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded,
    color = excluded.color, archived = excluded.archived, updated_at = excluded.updated_at, revision = excluded.revision
  WHERE (name, color, archived) IS NOT (excluded.name, excluded.color, excluded.archived)`,
)

const forgetDeleted = compile(({ userId, id }: Own) => forgetDeletions(userId, sql`SELECT 'category/' || ${id}`))

/** Makes the category with this id, or replaces all of it but `createdAt`. */
export const putCategory = ({ userId }: Owner, id: string, { name, ...rest }: z.infer<typeof NewCategory>) => {
  const values = { userId, id, name, nameFolded: fold(name), ...rest, at: now() }
  return {
    guards: [{ statement: requireRoom(values), problem: () => tooManyCategories() }],
    bookkeeping: newRevision({ userId }),
    write: [upsert(values), forgetDeleted(values)],
  }
}

/** The categories that a user has to start with. */
const DEFAULT_NAMES = ['Food', 'Housing', 'Transport', 'Health', 'Education', 'Leisure', 'Clothing', 'Travel', 'Other']

/** Gives the nine default categories to a user who registers. */
export const insertDefaultCategories = ({ userId }: Owner) => {
  const at = now()
  const row = { userId, color: null, archived: false, createdAt: at, updatedAt: at, revision: 1 }
  const rows = DEFAULT_NAMES.map((name) => ({ ...row, id: newId(), name, nameFolded: fold(name) }))
  return toStatement(statements.insert(categories).values(rows))
}

const applyPatch = compile(({ userId, id, patch, at }: Params<'userId' | 'id' | 'patch' | 'at'>) => {
  const next = sql`json_patch(json_object('name', name, 'nameFolded', name_folded, 'color', color, 'archived', archived),
    ${patch})`
  return sql`UPDATE categories SET (name, name_folded, color, archived) =
      (SELECT value ->> 'name', value ->> 'nameFolded', value ->> 'color', value ->> 'archived' FROM (SELECT ${next} AS value)),
      updated_at = ${at}, revision = ${currentRevision(userId)}
    WHERE ${isOwn({ userId, id })} AND (SELECT (name, color, archived)
      IS NOT (value ->> 'name', value ->> 'color', value ->> 'archived') FROM (SELECT ${next} AS value))`
})

/** Changes what the patch names, unless it is so already. */
export const patchCategory = (actor: Owner, id: string, { name, ...rest }: z.infer<typeof CategoryPatch>) => {
  const patch = JSON.stringify({ ...rest, ...(name !== undefined && { name, nameFolded: fold(name) }) })
  return {
    guards: [categoryExists(actor, id)],
    bookkeeping: newRevision(actor),
    write: [applyPatch({ userId: actor.userId, id, patch, at: now() })],
  }
}
