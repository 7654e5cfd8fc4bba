import { describe, expect, it } from 'vitest'
import { currencies } from '../../src/shared/currencies.ts'
import { isCurrency, minorUnitDigits } from '../../src/shared/money.ts'
import { anyone, employee } from '../support/api.ts'

/** ISO 4217, list one, published on 2026-01-01: every code whose minor unit is not a hundredth. */
const EXCEPTIONS = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}
/** The 17 for which the `Intl` of the runtime has other decimals than the standard. */
const OTHER_IN_INTL = 'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR RSD SOS SYP YER'

describe('the table of currencies', () => {
  it('has the decimals of the standard', () => {
    const exceptions = Object.entries(EXCEPTIONS).flatMap(([decimals, codes]) =>
      codes.split(' ').map((code) => [code, Number(decimals)]),
    )
    expect(minorUnitDigits()).toEqual(Object.fromEntries(exceptions))
    expect(currencies.size).toBe(158)
    for (const code of OTHER_IN_INTL.split(' ')) expect(currencies.get(code)).toBe(code === 'IQD' ? 3 : 2)
    for (const code of 'EUR USD MRU XCG ZWG SLE VED'.split(' ')) expect(currencies.get(code)).toBe(2)
  })

  // Three times X is the code of ISO 4217 for no currency at all.
  it.each(['ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'ZWL', 'XDR', 'XSU', 'XAU', 'XXX', 'CHE', 'eur', 'EU', '', 'size'])(
    'does not have "%s", which is withdrawn, has no minor unit, or is none',
    (code) => {
      expect(isCurrency(code)).toBe(false)
    },
  )
})

describe('GET /v1/currencies', () => {
  it('tells anyone every currency and its decimals, by code', async () => {
    const { status, body } = await anyone.get('/v1/currencies')
    expect([status, body.nextCursor]).toEqual([200, null])
    const codes = body.data.map(({ code }: { code: string }) => code)
    expect(codes).toEqual([...currencies.keys()].toSorted())
    expect(body.data).toContainEqual({ code: 'RSD', decimals: 2 })
    expect(body.data).toContainEqual({ code: 'JPY', decimals: 0 })
  })

  it('may be kept for a day, but for each origin apart', async () => {
    for (const Origin of ['', 'http://localhost:3000', 'https://elsewhere.example']) {
      const { headers } = await anyone.get('/v1/currencies', { headers: { ...(Origin && { Origin }) } })
      expect([headers.get('Cache-Control'), headers.get('Vary')]).toEqual([
        'public, max-age=86400',
        expect.stringMatching(/^Origin/),
      ])
    }
  })

  it('has no parameters', async () => {
    expect(await anyone.get('/v1/currencies?limit=1')).toBeFaultAt('/limit', 'unknown_member', 'query')
  })
})

describe('the currency of money and of a user', () => {
  it('has the decimals of the standard, whatever `Intl` says: 100.00 RSD at 0.0085 is 0.85 EUR, not 85.00', async () => {
    const amina = await employee({ currency: 'EUR' })
    const sent = { amount: 10_000, currency: 'RSD', exchangeRate: '0.0085' }
    expect((await amina.post('/v1/expenses', sent)).body).toMatchObject({ ...sent, baseAmount: 85 })
  })

  it('cannot be one that is not in the table', async () => {
    const amina = await employee()
    for (const currency of ['HRK', 'XDR', 'ABC']) {
      const sent = { amount: 1, currency, exchangeRate: '1' }
      expect(await amina.post('/v1/expenses', sent)).toBeFaultAt('/currency', 'unknown_currency')
      expect(await amina.patch('/v1/users/me', { currency })).toBeFaultAt('/currency', 'unknown_currency')
    }
  })
})
