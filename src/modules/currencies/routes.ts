import * as z from 'zod'
import { answer, createRouter, publicRoute } from '../../http/router.ts'
import { answerSchema, docs } from '../../http/schema.ts'
import { currencies } from '../../shared/currencies.ts'

const CurrencyList = answerSchema(() =>
  z
    .object({
      data: z.array(
        z
          .object({
            code: z.string().register(docs, { description: 'Upper case', example: 'JPY' }),
            decimals: z.int().min(0).max(4).register(docs, {
              description: 'An `amount` is in units of 10 to the power of minus this: with 2, 1299 is 12.99',
              example: 0,
            }),
          })
          .openapi('CurrencyDecimals', { description: 'A currency of ISO 4217' }),
      ),
      nextCursor: z.null().register(docs, { description: 'Always null: this is the whole list', example: null }),
    })
    .openapi('CurrencyList'),
)

const list = publicRoute({
  method: 'get',
  path: '/v1/currencies',
  operationId: 'listCurrencies',
  summary: 'List the currencies that money can be in',
  description:
    'Every currency of ISO 4217 that people are paid in, by code, and the number of its decimals: what an `amount` is ' +
    'worth. Take the decimals from here: `Intl` of a browser has none for HUF or RSD, where the standard has two. The ' +
    'list changes at most a few times a year; keep it for a day.',
  tags: ['Currencies'],
  responses: { 200: answer('Every currency, sorted by code', CurrencyList) },
})

const data = [...currencies].map(([code, decimals]) => ({ code, decimals }))

export const currenciesRoutes = createRouter().openapi(list, (c) => {
  // Not with the body: where CORS has set headers before, those would win.
  c.header('Cache-Control', 'public, max-age=86400')
  // A copy made for no origin lacks the headers of CORS.
  c.header('Vary', 'Origin')
  return c.json({ data, nextCursor: null }, 200)
})
