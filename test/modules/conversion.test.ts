import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseAmountOf } from '../../src/modules/ledger/conversion.ts'
import { minorUnitDigits } from '../../src/shared/money.ts'
import { values } from '../support/database.ts'

const DIGITS: Record<string, number> = { JPY: 0, KRW: 0, USD: 2, EUR: 2, KWD: 3, BHD: 3 }

type Conversion = { amount: number; currency: string; rate: string; base: string }

/** What the conversion must be, by whole numbers of any size: the definition, and not how the database does it. */
const expected = ({ amount, currency, rate, base }: Conversion): bigint => {
  const [whole = '', decimals = ''] = rate.split('.')
  const numerator = BigInt(amount) * BigInt(whole + decimals) * 10n ** BigInt(DIGITS[base] ?? 2)
  const denominator = 10n ** BigInt(decimals.length + (DIGITS[currency] ?? 2))
  const [quotient, rest] = [numerator / denominator, numerator % denominator]
  const isAboveHalf = 2n * rest > denominator
  const isEvenedUp = 2n * rest === denominator && quotient % 2n === 1n
  return quotient + (isAboveHalf || isEvenedUp ? 1n : 0n)
}

const computed = async (conversions: Conversion[]) => {
  const selects = conversions.map(
    ({ amount, currency, rate, base }) =>
      sql`SELECT CAST(${baseAmountOf({
        amount: sql`CAST(${amount} AS INTEGER)`,
        currency: sql`${currency}`,
        exchangeRate: sql`${rate}`,
        baseCurrency: sql`${base}`,
        digits: sql`${JSON.stringify(minorUnitDigits())}`,
      })} AS TEXT)`,
  )
  return Promise.all(selects.map(async (select) => String((await values(select))[0]?.[0])))
}

const currency = fc.constantFrom(...Object.keys(DIGITS))
const amount = fc.oneof(
  fc.integer({ min: 1, max: 1_000_000_000_000 }),
  fc.integer({ min: 1, max: 100_000 }),
  fc.constantFrom(1, 9999, 10_000, 10_001, 99_999_999, 100_000_000, 999_999_999_999, 1_000_000_000_000),
)
const decimals = fc.oneof(fc.stringMatching(/^\d{1,10}$/), fc.constantFrom('5', '50', '25', '0000000001', '9999999999'))
const rate = fc
  .tuple(fc.integer({ min: 0, max: 99_999_999 }), fc.option(decimals, { nil: undefined }))
  .map(([whole, part]) => (part === undefined ? `${whole}` : `${whole}.${part}`))
  .filter((text) => /[1-9]/.test(text))

const isForeign = ({ currency, base }: Conversion) => currency !== base
const fits = (conversion: Conversion) => expected(conversion) <= 1_000_000_000_000n

describe('the base amount of an expense', () => {
  it('is what exact arithmetic says, rounded half to even', async () => {
    const conversion = fc.record({ amount, currency, rate, base: currency }).filter(isForeign).filter(fits)
    const many = fc.array(conversion, { minLength: 40, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(many, async (conversions) => {
        expect(await computed(conversions)).toEqual(conversions.map((one) => String(expected(one))))
      }),
      { numRuns: 25 },
    )
  })

  it('is an even number halfway between two', async () => {
    const halves = fc.integer({ min: 0, max: 400_000_000_000 }).map((half) => ({
      amount: 2 * half + 1,
      currency: 'USD',
      rate: '0.5',
      base: 'EUR',
    }))
    await fc.assert(
      fc.asyncProperty(fc.array(halves, { minLength: 1, maxLength: 40 }), async (conversions) => {
        for (const result of await computed(conversions)) expect(BigInt(result) % 2n).toBe(0n)
      }),
      { numRuns: 10 },
    )
  })
})
