/** What single requests cost, one after the other. */

import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Operation, Sent } from './operations.ts'
import type { Person } from './people.ts'
import type { startProxy, Use } from './proxy.ts'
import { settings } from './settings.ts'
import { median } from './statistics.ts'

type Proxy = Awaited<ReturnType<typeof startProxy>>

const WARM_UP_REQUESTS = 3
const DELAYED_REQUESTS = 11
export const DELAYS = [50, 200]

const agent = new Agent({ keepAlive: true })

/** Sends a request and returns how long the answer took, in milliseconds. Throws where its status is another one. */
const time = async (url: string, { method, path, headers, body }: Sent, status: number): Promise<number> => {
  const started = performance.now()
  const sent = request(url + path, { method, headers, agent }).end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const answer = await text(response)
  const took = performance.now() - started
  if (response.statusCode !== status) throw new Error(`${method} ${path}: ${response.statusCode} ${answer}`)
  return took
}

/** Has `person` do it once, and returns how long it took. */
const attempt = (url: string, { requests, status }: Operation, person: Person) => {
  const made = requests(person)
  return time(url, typeof made === 'function' ? made() : made, status)
}

/** What one request asks of the database. */
export const useOf = async (url: string, proxy: Proxy, operation: Operation, person: Person): Promise<Use> => {
  await attempt(url, operation, person)
  proxy.take()
  await attempt(url, operation, person)
  return proxy.take()
}

/** How long a request takes whose round trips each last longer, as a multiple of that, for each of DELAYS. */
export const delaysOf = async (url: string, proxy: Proxy, operation: Operation, person: Person): Promise<number[]> => {
  const multiples: number[] = []
  for (const delay of DELAYS) {
    proxy.holdUp(delay)
    const times: number[] = []
    for (let i = 0; i < DELAYED_REQUESTS; i++) times.push(await attempt(url, operation, person))
    multiples.push(median(times) / delay)
  }
  proxy.holdUp(0)
  return multiples
}

/** How many times as long it takes somebody with many expenses as somebody with few, who do it in turn. */
export const growthOf = async (url: string, operation: Operation, few: Person, many: Person): Promise<number> => {
  const times: [number[], number[]] = [[], []]
  for (let i = -WARM_UP_REQUESTS; i < settings.growthRequests; i++) {
    const pair = [await attempt(url, operation, few), await attempt(url, operation, many)]
    if (i >= 0) for (const which of [0, 1] as const) times[which].push(pair[which] ?? Number.NaN)
  }
  return median(times[1]) / median(times[0])
}
