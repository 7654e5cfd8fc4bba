import * as z from 'zod'
import { pageOf, pageQuery } from '../../http/pagination.ts'
import { answerSchema, docs, Id, Instant, queryBoolean, tagged, text } from '../../http/schema.ts'
import { toInstant } from '../../shared/clock.ts'
import type { CategoryRow } from './table.ts'

const Name = text(1, 60, { description: 'Unique among your categories, ignoring case', example: 'Food' })

const Color = z
  .string()
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, 'Must be a color #rrggbb')
  .nullable()
  .register(docs, {
    description: 'An RGB color, stored in lower case',
    pattern: '^#[0-9A-Fa-f]{6}$',
    example: '#e4572e',
  })

const Archived = z.boolean().register(docs, {
  description: 'An archived category keeps its expenses but takes no new ones',
  example: false,
})

export const Category = answerSchema(() =>
  z
    .object({ id: Id, name: Name, color: Color, archived: Archived, createdAt: Instant, updatedAt: Instant })
    .openapi('Category', { description: 'A group of expenses' }),
)

export const CategoryPage = pageOf(tagged(Category, 'ListedCategory'), 'CategoryPage')

export const NewCategory = z
  .strictObject({ name: Name, color: Color.default(null), archived: Archived.default(false) })
  .openapi('NewCategory', { example: { name: 'Gifts', color: '#e4572e' } })

export const CategoryPatch = z
  .strictObject({ name: Name.optional(), color: Color.optional(), archived: Archived.optional() })
  .openapi('CategoryPatch', { example: { archived: true } })

export const CategoryQuery = z.strictObject({
  archived: queryBoolean('`true`: only archived categories; `false`: only the others; left out: all'),
  ...pageQuery,
})

export const DeletionQuery = z.strictObject({
  moveTo: Id.optional().register(docs, {
    description:
      'The category that takes the expenses and budgets of the deleted one; it must not be archived. Deleted expenses do ' +
      'not move: restored later, they have no category',
    example: undefined,
  }),
})

export const toCategory = (row: Omit<CategoryRow, 'userId'>): z.infer<ReturnType<typeof Category>> => ({
  id: row.id,
  name: row.name,
  color: row.color,
  archived: row.archived,
  createdAt: toInstant(row.createdAt),
  updatedAt: toInstant(row.updatedAt),
})
