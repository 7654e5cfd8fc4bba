import { type SQL, sql } from 'drizzle-orm'
import { compile, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { baseAmountOf, digitsJson, digitsOf } from '../ledger/conversion.ts'
import { member } from '../ledger/items.ts'
import { itemsJson } from '../ledger/queries.ts'
import type { ParsedRow } from './rows.ts'

export type ResolveNames = 'userId' | 'items' | 'digits'

/** How many of the entries of one day that a row is similar to are named. */
const MAX_MATCHES = 3

const maxAmount = sql.raw(String(MAX_AMOUNT))

/** The state of what has the id of a row: null where there is nothing, or what an import made that was taken back. */
const stateIn = (table: 'expenses' | 'incomes', userId: Params['userId']) => sql`(
  SELECT CASE WHEN deleted_at IS NULL THEN 'known'
    WHEN NOT EXISTS (SELECT 1 FROM imports WHERE user_id = ${userId} AND taken_back = it.revision) THEN 'deleted' END
  FROM ${sql.raw(table)} AS it WHERE it.user_id = ${userId} AND it.id = sent.id)`

/** A row that was deleted so long ago that only that is known of it, and not with its import. */
const purged = (userId: Params['userId']) => sql`(SELECT 'deleted' FROM deletions
  WHERE user_id = ${userId} AND resource = kind || '/' || sent.id
    AND NOT EXISTS (SELECT 1 FROM imports WHERE user_id = ${userId} AND taken_back = deletions.revision)
    AND NOT EXISTS (SELECT 1 FROM expenses WHERE user_id = ${userId} AND id = sent.id)
    AND NOT EXISTS (SELECT 1 FROM incomes WHERE user_id = ${userId} AND id = sent.id))`

/** The category of an expense that takes new ones: by its id, or by its name. */
const category = (userId: Params['userId']) => sql`(SELECT categories.id FROM categories
  WHERE user_id = ${userId} AND NOT archived
    AND (categories.id = ${member('sentCategoryId')} OR name_folded = ${member('categoryName')}))`

const foreignBaseAmount = (digits: Params['digits']) =>
  baseAmountOf({
    amount: sql`amount`,
    currency: sql`currency`,
    exchangeRate: sql`exchange_rate`,
    baseCurrency: sql`base_currency`,
    digits,
  })

/**
 * What two rows have in common that are similar, as one text. One sort brings them together by it: a join would go through
 * all candidates for each row, since SQLite cannot tell how many there are.
 */
const likeness = (date: SQL) => sql`(kind || refund || amount || currency || ${date})`

/** What others than imports have made, at most three days from any row and with the amount of one. */
const candidates = (table: 'expenses' | 'incomes', userId: Params['userId']) => sql`
  SELECT id, ${likeness(sql`date`)} AS likeness
  FROM (SELECT *, ${sql.raw(table === 'expenses' ? `'expense' AS kind` : `'income' AS kind, 0 AS refund`)}
    FROM ${sql.raw(table)})
  WHERE user_id = ${userId} AND deleted_at IS NULL AND import_id IS NULL
    AND date BETWEEN (SELECT date(min(date), '-3 days') FROM priced) AND (SELECT date(max(date), '3 days') FROM priced)
    AND +amount IN (SELECT amount FROM priced)`

/**
 * What the rows of a file are to the user, as rows of `place, value, state, amount, currency, exchange_rate, base_amount,
 * category_id, matches, money_fault, category_fault`: `place` is that in `items`, and `value` is the item. A rate is
 * dropped where the currency is the user's.
 */
export const resolved = ({ userId, items, digits }: Params<ResolveNames>) => sql`(
  WITH sent AS MATERIALIZED (
    SELECT key AS place, value, ${member('kind')} AS kind, ${member('id')} AS id, ${member('date')} AS date,
      ifnull(${member('refund')}, 0) AS refund, ${member('digits')} AS digits, ${member('scale')} AS scale,
      ifnull(${member('currency')}, users.currency) AS currency, users.currency AS base_currency,
      ${category(userId)} AS category_id
    FROM json_each(${items}), users WHERE users.id = ${userId}
  ), priced AS MATERIALIZED (
    SELECT sent.*, decimals,
      CAST(digits * CAST('1e' || (decimals - scale) AS REAL) AS INTEGER) AS amount,
      iif(currency = base_currency, NULL, ${member('exchangeRate')}) AS exchange_rate,
      coalesce(iif(kind = 'expense', ${stateIn('expenses', userId)}, ${stateIn('incomes', userId)}), ${purged(userId)}) AS found
    FROM (SELECT *, ${digitsOf(sql`currency`, digits)} AS decimals FROM sent) AS sent
  ), candidate AS MATERIALIZED (
    SELECT id, likeness FROM (
      SELECT *, row_number() OVER (PARTITION BY likeness ORDER BY id) AS number
      FROM (${candidates('expenses', userId)} UNION ALL ${candidates('incomes', userId)})
    ) WHERE number <= ${sql.raw(String(MAX_MATCHES))}
  ), similar AS MATERIALIZED (
    SELECT wanted.value AS place, json_group_array(match.value) AS matches FROM (
      SELECT json_group_array(place) FILTER (WHERE place IS NOT NULL) AS places,
        json_group_array(id) FILTER (WHERE id IS NOT NULL) AS ids
      FROM (
        SELECT likeness, NULL AS place, id FROM candidate UNION ALL
        SELECT ${likeness(sql`date(date, day.value || ' days')`)}, place, NULL
        FROM priced, json_each('[-3, -2, -1, 0, 1, 2, 3]') AS day WHERE found IS NULL
      ) GROUP BY likeness HAVING count(place) > 0 AND count(id) > 0
    ), json_each(places) AS wanted, json_each(ids) AS match GROUP BY 1
  ), checked AS (
    SELECT *, iif(money_fault IS NULL AND base_amount NOT BETWEEN 1 AND ${maxAmount}, 'converted_out_of_range',
      money_fault) AS fault
    FROM (SELECT *, iif(money_fault IS NULL, ${foreignBaseAmount(digits)}, NULL) AS base_amount FROM (
      SELECT *, CASE WHEN scale > decimals THEN 'too_precise' WHEN amount > ${maxAmount} THEN 'out_of_range'
        WHEN currency <> base_currency AND exchange_rate IS NULL THEN 'required' END AS money_fault,
        iif(category_id IS NULL AND coalesce(${member('sentCategoryId')}, ${member('categoryName')}) IS NOT NULL,
          'unknown_category', NULL) AS category_fault
      FROM priced))
  )
  SELECT checked.place, value, amount, currency, exchange_rate, base_amount, category_id, matches,
    fault AS money_fault, category_fault,
    CASE WHEN found IS NOT NULL THEN found WHEN coalesce(fault, category_fault) IS NOT NULL THEN 'invalid'
      WHEN matches IS NOT NULL THEN 'similar' ELSE 'new' END AS state
  FROM checked LEFT JOIN similar USING (place)
) AS resolved`

export type State = 'new' | 'known' | 'similar' | 'deleted' | 'invalid'

const resolvedColumns = {
  place: sql<number>`place`,
  state: sql<State>`state`,
  amount: sql<number>`amount`,
  currency: sql<string>`currency`,
  exchangeRate: sql<string | null>`exchange_rate`,
  baseAmount: sql<number>`base_amount`,
  categoryId: sql<string | null>`category_id`,
  matches: sql<string[]>`ifnull(matches, '[]')`.mapWith(JSON.parse),
  moneyFault: sql<'too_precise' | 'out_of_range' | 'required' | 'converted_out_of_range' | null>`money_fault`,
  categoryFault: sql<'unknown_category' | null>`category_fault`,
}

const selectResolved = compile((params: Params<ResolveNames>) =>
  statements.select(resolvedColumns).from(resolved(params)).orderBy(sql`place`),
)

/** The values of `resolved` for these rows. */
export const resolveValues = ({ userId }: Actor, rows: ParsedRow[]): Record<ResolveNames, string> => ({
  userId,
  items: itemsJson(rows.flatMap(({ item }) => item ?? [])),
  digits: digitsJson(),
})

/** What those rows of a file are to the actor that can be read at all, in their order. */
export const resolveRows = (actor: Actor, rows: ParsedRow[]) => selectResolved(resolveValues(actor, rows))
