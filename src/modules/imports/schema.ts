import { z } from '@hono/zod-openapi'
import { Amount, answerSchema, Currency, Day, docs, Id, orNull, queryBoolean, rawText } from '../../http/schema.ts'
import { fold } from '../../shared/text.ts'
import { BudgetImpacts } from '../budgets/line-schema.ts'
import { ExchangeRate } from '../ledger/schema.ts'

/** How many rows a file may have. */
export const MAX_ROWS = 2000

/** How many rows are read at most, empty ones included: a spreadsheet may leave many of those. */
export const MAX_READ_ROWS = 5 * MAX_ROWS

export const ImportQuery = z.strictObject({
  dryRun: queryBoolean(
    'Write nothing, and answer 200 with what each row would become. An `Idempotency-Key` is ignored.',
  ),
})

/** How large the body of an import may be. */
export const MAX_BODY_BYTES = 1024 * 1024

/** How a day is written: `D` and `M` may have one digit, `YY` is of this century. A time after it is ignored. */
export const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYY/MM/DD',
  'YYYYMMDD',
  'DD.MM.YYYY',
  'DD.MM.YY',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'MM/DD/YYYY',
] as const

const column = (description: string) => rawText(1, 200, { description })

const ImportMapping = z
  .strictObject({
    date: z
      .strictObject({
        column: column('The name of the column with the day'),
        format: z.enum(DATE_FORMATS).openapi('ImportDateFormat', {
          description:
            'How a day is written. It is never guessed: 03/04/2026 may be in March or in April. Days and months may ' +
            'have one digit. A time after the day is ignored',
          example: 'DD.MM.YYYY',
        }),
      })
      .openapi('ImportDateColumn'),
    amount: z
      .strictObject({
        column: column('The name of the column with the amount'),
        inflowColumn: column(
          'The column with what comes in, if the file has one of its own, such as `Inflow` or `Credit`. Then ' +
            '`column` has what goes out, and in each row one of the two is empty or 0. An amount above 0 in this ' +
            'column is an income or, with `allExpenses`, a refund',
        ).optional(),
        decimal: z.enum(['.', ',']).openapi('ImportDecimal', {
          description:
            'The decimal separator. The other of the two, a space or an apostrophe may separate thousands: ' +
            '`1.234,56`. A currency sign may stand at either end. `(12.50)` and `12.50-` are below 0',
          example: ',',
        }),
        sign: z.enum(['expensesNegative', 'expensesPositive', 'allExpenses']).openapi('ImportSign', {
          description:
            'What the sign of an amount in `column` means. `expensesNegative`: below 0 is an expense, above 0 an ' +
            'income. `expensesPositive`: the other way round. `allExpenses`: above 0 is an expense, below 0 a refund',
          example: 'expensesNegative',
        }),
      })
      .openapi('ImportAmountColumn'),
    merchant: column('The column with the merchant of an expense or the source of an income').optional(),
    note: column('The column with the note').optional(),
    category: column('The column with the name of one of your categories, or with a key of `categories`').optional(),
    tags: column('The column with the tags of an expense, separated by commas').optional(),
    currency: column('The column with the currency. Where it is empty or left out, the currency is yours').optional(),
    exchangeRate: column('The column with the `exchangeRate` of foreign currencies').optional(),
    externalId: column(
      'The column with the id that the bank or the other app gives each row, unique over all of its files. (A number ' +
        'that starts anew in each file is none: rows of the next file would count as known.) A UUIDv7 becomes the id ' +
        'of the entry',
    ).optional(),
  })
  .openapi('ImportMapping', { description: 'Which column of the file is what, by the names in its header row' })

/** Refuses a text that stands for two categories. */
const checkCategories = ({ categories = {} }: { categories?: object | undefined }, context: z.RefinementCtx) => {
  const seen = new Set<string>()
  for (const text of Object.keys(categories)) {
    const folded = fold(text.trim())
    const message = 'Must be listed once, whatever the case'
    if (seen.has(folded))
      context.addIssue({ code: 'custom', path: ['categories', text], params: { code: 'duplicate' }, message })
    seen.add(folded)
  }
}

export const NewImport = z
  .strictObject({
    csv: z.string().register(docs, {
      description:
        'The content of the file (RFC 4180): a header row, and 1 to 2,000 rows. A byte order mark, the line `sep=;` ' +
        'of Excel and empty rows are ignored. A file that was read in a wrong encoding is refused: it has U+FFFD, or ' +
        'lone surrogates, for what was lost',
      example: 'Date;Amount;Payee\r\n23.11.2026;-12,99;Chez Paul\r\n',
    }),
    delimiter: z.enum([',', ';', '\t', '|']).openapi('ImportDelimiter').optional().register(docs, {
      description: 'What separates cells. Where it is left out, the header row tells',
      example: ';',
    }),
    mapping: ImportMapping,
    categories: z
      .record(z.string(), Id.nullable())
      .optional()
      .register(docs, {
        description:
          'Your categories by the texts in the column `category` or, where that one is not listed here, `merchant`, ' +
          'whatever the case; null for no category. A text in the column `category` that is not listed must be the ' +
          'name of a category of yours. Each is listed once',
        example: {},
      }),
    account: rawText(1, 100)
      .optional()
      .register(docs, {
        description:
          'What you call the account or the card that the file is of. Equal rows of two accounts are two, those of two ' +
          'files of one account are one',
        example: 'Checking',
      }),
  })
  .superRefine(checkCategories)
  .openapi('NewImport', {
    example: {
      csv: 'Date;Amount;Payee\r\n23.11.2026;-12,99;Chez Paul\r\n',
      mapping: {
        date: { column: 'Date', format: 'DD.MM.YYYY' },
        amount: { column: 'Amount', decimal: ',', sign: 'expensesNegative' },
        merchant: 'Payee',
      },
    },
  })

export type Mapping = z.infer<typeof ImportMapping>

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
