import * as z from 'zod'
import { pageOf, pageQuery } from '../../http/pagination.ts'
import { answerSchema, docs, Id, Instant, queryBoolean } from '../../http/schema.ts'
import { toMonthName } from '../../shared/calendar.ts'
import { toInstant } from '../../shared/clock.ts'
import type { AlertRow } from './alert-table.ts'
import { MonthName, Target, TargetName } from './line-schema.ts'

const Read = z.boolean().register(docs, { description: 'Whether you have read it', example: false })

export const Alert = answerSchema(() =>
  z
    .object({
      id: Id,
      target: Target,
      name: TargetName,
      month: MonthName,
      percent: z.int().register(docs, { description: 'The threshold that was crossed', example: 80 }),
      read: Read,
      createdAt: Instant,
    })
    .openapi('Alert', {
      description: 'A threshold of a budget was crossed. There is one alert per target, month and percent',
    }),
)

export const AlertPage = pageOf(Alert, 'AlertPage')

export const AlertQuery = z.strictObject({
  unread: queryBoolean('`true`: only unread alerts; `false`: only read ones; left out: all'),
  ...pageQuery,
})

export const AlertsRead = z
  .strictObject({ upTo: Id.openapi({ description: 'The id of the newest alert that you have seen' }) })
  .openapi('AlertsRead')

export const AlertPatch = z.strictObject({ read: Read }).openapi('AlertPatch', { example: { read: true } })

export const toAlert = (row: AlertRow & { name: string | null }): z.infer<ReturnType<typeof Alert>> => ({
  id: row.id,
  target: row.target,
  name: row.name,
  month: toMonthName(row.month),
  percent: row.percent,
  read: row.read,
  createdAt: toInstant(row.createdAt),
})
