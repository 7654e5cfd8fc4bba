import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { minorUnitDigits } from '../../shared/money.ts'

/** SQL of the parts of an expense: whichever of them a request does not name is what the row has. */
type Foreign = { amount: SQL; currency: SQL; exchangeRate: SQL; baseCurrency: SQL; digits: SQLWrapper }

let digits: string | undefined

/** The currencies whose minor unit is not a hundredth, for conversion: sent only where an item may need it. */
export const digitsJson = () => {
  digits ??= JSON.stringify(minorUnitDigits())
  return digits
}

/** How many decimals a currency has, of `digits`: JSON of those that have not two. */
export const digitsOf = (currency: SQL, digits: SQLWrapper) =>
  sql`coalesce(json_extract(${digits}, '$.' || ${currency}), 2)`

/** A decimal text of at most ten decimals, times 10^10: an integer. */
const scaled = (rate: SQL) => sql`CAST(${rate} AS INTEGER) * 10000000000 +
  CAST(substr(substr(${rate}, instr(${rate} || '.', '.') + 1) || '0000000000', 1, 10) AS INTEGER)`

/**
 * The amount in minor units of the base currency, rounded half to even: amount × rate × 10^(digits of the base currency
 * − digits of the currency). It is computed by the database, since a patch may name the amount and leave the rate, and
 * there is no round trip to read that first; and exactly: `a` × `m` ÷ `d` is divided by hand, in steps of four digits
 * of `a`, so that nothing reaches 2^63. The steps are not nested: the stack of SQLite's parser is not deep enough.
 */
export const baseAmountOf = ({ amount, currency, exchangeRate, baseCurrency, digits }: Foreign) => sql<number>`
  CASE WHEN ${exchangeRate} IS NULL OR ${currency} = ${baseCurrency} THEN ${amount} ELSE (
    WITH
      x AS (
        SELECT ${amount} AS a, ${scaled(exchangeRate)} AS m,
          CAST(CAST('1e' || (10 + ${digitsOf(currency, digits)} - ${digitsOf(baseCurrency, digits)}) AS REAL) AS INTEGER) AS d
      ),
      y AS (SELECT a, d, m / d AS q, m % d AS r, a / 100000000 * (m % d) AS t2 FROM x),
      z AS (SELECT *, t2 % d * 10000 + a / 10000 % 10000 * r AS t1 FROM y),
      result AS (
        SELECT a * q + (t2 / d * 10000 + t1 / d) * 10000 + (t1 % d * 10000 + a % 10000 * r) / d AS w,
          (t1 % d * 10000 + a % 10000 * r) % d AS rest, d FROM z
      )
    SELECT w + (2 * rest > d OR (2 * rest = d AND w % 2 = 1)) FROM result
  ) END`
