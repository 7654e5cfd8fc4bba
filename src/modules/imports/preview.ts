import type * as z from 'zod'
import type { RowOf } from '../../db/transaction.ts'
import { type RowFault, rowFault } from './problems.ts'
import type { resolveRows, State } from './resolve.ts'
import type { Item, ParsedRow } from './rows.ts'
import type { ImportPreview } from './schema.ts'

type Resolved = RowOf<ReturnType<typeof resolveRows>>
type Preview = z.infer<ReturnType<typeof ImportPreview>>

/** What only the database knows to be wrong with a row. */
export const faultsOf = ({ moneyFault, categoryFault }: Pick<Resolved, 'moneyFault' | 'categoryFault'>): RowFault[] => {
  const isOfAmount = moneyFault === 'too_precise' || moneyFault === 'out_of_range'
  return [
    ...(moneyFault ? [rowFault(isOfAmount ? 'amount' : 'exchangeRate', moneyFault)] : []),
    ...(categoryFault ? [rowFault('category', categoryFault)] : []),
  ]
}

const toEntry = (item: Item, { amount, currency, exchangeRate, baseAmount, categoryId }: Resolved) => ({
  id: item.id,
  amount,
  currency,
  date: item.date,
  exchangeRate,
  baseAmount,
  refund: item.refund ?? false,
  categoryId,
  merchant: item.merchant ?? null,
  source: item.source ?? null,
  note: item.note ?? null,
  tags: item.tags,
})

const toPreviewRow = (
  { line, kind, item, errors }: ParsedRow,
  resolved: Resolved | undefined,
): Preview['rows'][number] => {
  const state: State = resolved?.state ?? 'invalid'
  if (!item || !resolved || state === 'invalid') {
    return { line, state, kind, data: null, matches: [], errors: [...errors, ...(resolved ? faultsOf(resolved) : [])] }
  }
  const isThere = state === 'known' || state === 'deleted'
  return { line, state, kind, data: toEntry(item, resolved), matches: isThere ? [item.id] : resolved.matches, errors }
}

/** The answer to a dry run: of each row of the file, in its order. */
export const toPreview = (parsed: ParsedRow[], resolved: Resolved[]): Preview => {
  const rest = resolved.values()
  const rows = parsed.map((row) => toPreviewRow(row, row.item ? rest.next().value : undefined))
  const counts = { new: 0, known: 0, similar: 0, deleted: 0, invalid: 0 }
  for (const { state } of rows) counts[state]++
  return { counts, rows }
}
