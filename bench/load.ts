/** What two Workers bear, side by side. */
import autocannon from 'autocannon'
import type { Operation, Sent } from './operations.ts'
import { settings } from './settings.ts'
import { type Measured, measured, percentile } from './statistics.ts'

const WARM_UP_SECONDS = 2

/** How often an answer had a status, or what went wrong, that is not expected. */
export type Unexpected = Record<string, number>

type Run = { perSecond: number; latencies: number[]; answers: number }

/** A server, what it is asked, and how often it was. */
export type Target = { url: string; requests: Sent | (() => Sent); answers: number }

/** How long: by the clock, or by the number of requests. */
type Extent = { duration: number } | { amount: number }

const drive = async (target: Target, { status, connections }: Operation, extent: Extent, unexpected: Unexpected) => {
  const { requests } = target
  const latencies: number[] = []
  const note = (what: string) => {
    unexpected[what] = (unexpected[what] ?? 0) + 1
  }
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>()
  const instance = autocannon(
    {
      url: target.url,
      connections: connections ?? settings.connections,
      requests: [
        typeof requests === 'function' ? { setupRequest: (request) => ({ ...request, ...requests() }) } : requests,
      ],
      ...extent,
    },
    (error, result) => (error ? reject(error) : resolve(result)),
  )
  instance.on('response', (_client, answered, _bytes, milliseconds) => {
    latencies.push(milliseconds)
    if (answered !== status) note(String(answered))
  })
  instance.on('reqError', (error: Error) => note(error.message))
  const result = await promise
  target.answers += latencies.length
  return { perSecond: latencies.length / result.duration, latencies, answers: latencies.length } satisfies Run
}

export type Load = {
  api: Measured
  limit: Measured
  /** Of the API's requests per second to those of the limit, round by round. */
  ratio: Measured
  /** Milliseconds of the API, and of the limit. */
  p50: number
  p99: number
  limitP50: number
  unexpected: { api: Unexpected; limit: Unexpected }
}

/** Has the two do the same in turn, so that what disturbs the machine disturbs both. */
export const compare = async (operation: Operation, api: Target, limit: Target): Promise<Load> => {
  const runs: { api: Run[]; limit: Run[] } = { api: [], limit: [] }
  const unexpected: Load['unexpected'] = { api: {}, limit: {} }
  const runApi = (duration: number) => drive(api, operation, { duration }, unexpected.api)
  const runLimit = (duration: number) => drive(limit, operation, { duration }, unexpected.limit)
  await runApi(WARM_UP_SECONDS)
  await runLimit(WARM_UP_SECONDS)
  for (let round = 0; round < settings.rounds; round++) {
    runs.api.push(await runApi(settings.seconds))
    runs.limit.push(await runLimit(settings.seconds))
  }
  const perSecond = (of: Run[]) => of.map((run) => run.perSecond)
  const latencies = (of: Run[]) => of.flatMap((run) => run.latencies)
  const ratios = perSecond(runs.api).map((figure, round) => figure / (runs.limit[round]?.perSecond ?? Number.NaN))
  return {
    api: measured(perSecond(runs.api)),
    limit: measured(perSecond(runs.limit)),
    ratio: measured(ratios),
    p50: percentile(latencies(runs.api), 0.5),
    p99: percentile(latencies(runs.api), 0.99),
    limitP50: percentile(latencies(runs.limit), 0.5),
    unexpected,
  }
}

/** Makes requests until the server has answered `count` in all. */
export const fillUp = async (operation: Operation, target: Target, count: number): Promise<Unexpected> => {
  const unexpected: Unexpected = {}
  const amount = count - target.answers
  if (amount > 0) await drive(target, operation, { amount }, unexpected)
  return unexpected
}
