import * as z from 'zod'
import { docs, Id, queryBoolean, rawText } from '../../http/schema.ts'
import { fold } from '../../shared/text.ts'

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
