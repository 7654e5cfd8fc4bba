import { z } from '@hono/zod-openapi'
import { pageOf } from '../../http/pagination.ts'
import { rawText, text } from '../../http/schema.ts'
import {
  checkRanges,
  entryFilters,
  entryMembers,
  entryPatchMembers,
  entryTail,
  newEntryMembers,
  toEntry,
} from '../ledger/schema.ts'
import type { expenses } from './table.ts'

const Merchant = text(0, 120).openapi({ example: 'Chez Paul' })

const Tag = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(rawText(1, 32))
  .openapi({ type: 'string', minLength: 1, maxLength: 32 })

/** A set: what is sent twice is there once. */
const Tags = z
  .array(Tag)
  .transform((tags) => [...new Set(tags)])
  .pipe(z.array(z.string()).max(10))
  .openapi({
    description: 'At most 10, in lower case, each once',
    type: 'array',
    maxItems: 10,
    example: ['client', 'lunch'],
  })

export const Expense = z
  .object({
    ...entryMembers,
    merchant: Merchant.nullable(),
    tags: z.array(z.string()).openapi({ example: ['client', 'lunch'] }),
    ...entryTail,
  })
  .openapi('Expense', { description: 'Money that was spent' })

export const ExpensePage = pageOf(Expense, 'ExpensePage')

const example = {
  amount: 1299,
  date: '2026-11-23',
  merchant: 'Chez Paul',
  note: 'Team lunch',
  tags: ['client', 'lunch'],
}

export const NewExpense = z
  .strictObject({ ...newEntryMembers, merchant: Merchant.nullable().default(null), tags: Tags.default([]) })
  .openapi('NewExpense', { example })

export const ExpensePatch = z
  .strictObject({ ...entryPatchMembers, merchant: Merchant.nullable().optional(), tags: Tags.nullable().optional() })
  .openapi('ExpensePatch', { example: { amount: 1399, note: null } })

export const ExpenseQuery = z
  .strictObject({
    ...entryFilters('merchant or the note'),
    tag: Tag.optional().openapi({ description: 'A tag that the expense has' }),
  })
  .superRefine(checkRanges)

export const toExpense = (row: typeof expenses.$inferSelect): z.infer<typeof Expense> => ({
  ...toEntry(row),
  merchant: row.merchant,
  tags: row.tags,
})
