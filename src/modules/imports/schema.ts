import * as z from 'zod'
import { Amount, answerSchema, Currency, Day, docs, Id, orNull } from '../../http/schema.ts'
import { BudgetImpacts } from '../budgets/line-schema.ts'
import { ExchangeRate } from '../ledger/schema.ts'

const count = (description: string, example = 0) => z.int().register(docs, { description, example })

/** How many rows of a file are in each state. */
export const ImportCounts = answerSchema(() =>
  z
    .object({
      new: count('Rows that are not there yet', 1),
      known: count('Rows that are there already: nothing changes about them'),
      similar: count(
        'New rows with the amount of an entry that no import has made, at most three days apart: imported, too',
      ),
      deleted: count('Rows that you have deleted here: they stay deleted'),
      invalid: count('Rows with a fault. An import that has one is refused'),
    })
    .openapi('ImportCounts'),
)

const RowFault = answerSchema(() =>
  z
    .object({
      member: z.string().nullable().register(docs, {
        description: 'The member of `mapping` at fault, or null for the row as a whole',
        example: 'date',
      }),
      code: z.string().register(docs, { example: 'invalid_date' }),
      message: z.string(),
    })
    .openapi('ImportFault'),
)

const ImportedEntry = answerSchema(() =>
  z
    .object({
      id: Id,
      amount: Amount,
      currency: Currency,
      date: Day,
      exchangeRate: ExchangeRate,
      baseAmount: Amount.openapi({ description: "The amount in minor units of the user's currency" }),
      refund: z.boolean(),
      categoryId: Id.nullable(),
      merchant: z.string().nullable().register(docs, { description: 'Null for an income' }),
      source: z.string().nullable().register(docs, { description: 'Null for an expense' }),
      note: z.string().nullable(),
      tags: z.array(z.string()),
    })
    .openapi('ImportedEntry', {
      description: 'What a row says, as an expense or an income. Of one that is `known`, you may have changed it since',
    }),
)

/** The answer to a dry run. */
export const ImportPreview = answerSchema(() =>
  z
    .object({
      counts: ImportCounts(),
      rows: z.array(
        z
          .object({
            line: z.int().register(docs, { description: 'The line of the file in which the row begins', example: 2 }),
            state: z.enum(['new', 'known', 'similar', 'deleted', 'invalid']).openapi('ImportRowState'),
            kind: orNull(z.enum(['expense', 'income']).openapi('ImportRowKind')).register(docs, {
              description: 'Null if it cannot be told',
            }),
            data: orNull(ImportedEntry()).register(docs, { description: 'Null where the row is invalid' }),
            matches: z.array(Id).register(docs, {
              description: 'What the row is similar to, or the id by which it is known or deleted',
            }),
            errors: z.array(RowFault()),
          })
          .openapi('ImportPreviewRow'),
      ),
    })
    .openapi('ImportPreview', {
      description: 'What an import would do, row by row',
      example: {
        counts: { new: 1, known: 0, similar: 0, deleted: 0, invalid: 1 },
        rows: [
          {
            line: 2,
            state: 'new',
            kind: 'expense',
            data: {
              id: '019aade6-5800-7c4a-9f60-3d1f8a2b4c5e',
              amount: 1299,
              currency: 'EUR',
              date: '2026-11-23',
              exchangeRate: null,
              baseAmount: 1299,
              refund: false,
              categoryId: null,
              merchant: 'Chez Paul',
              source: null,
              note: null,
              tags: [],
            },
            matches: [],
            errors: [],
          },
          {
            line: 3,
            state: 'invalid',
            kind: null,
            data: null,
            matches: [],
            errors: [{ member: 'amount', code: 'too_small', message: 'Must not be 0' }],
          },
        ],
      },
    }),
)

export const ImportResult = answerSchema(() =>
  z
    .object({ id: Id, counts: ImportCounts(), budget: BudgetImpacts() })
    .openapi('ImportResult', { description: 'An import that was done' }),
)

export const TakenBackImport = answerSchema(() =>
  z
    .object({
      counts: z
        .object({
          deleted: count('What the import had made, and is deleted now', 1),
          kept: count('What it had made, and was changed or deleted since: it stays as it is'),
        })
        .openapi('TakenBackCounts'),
      budget: BudgetImpacts(),
    })
    .openapi('TakenBackImport'),
)
