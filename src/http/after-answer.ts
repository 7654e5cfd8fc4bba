import type { Context } from 'hono'
import { now, toInstant } from '../shared/clock.ts'
import { causeOf } from './errors.ts'

/**
 * Has work done that the answer does not wait for: `account` of request-log.ts begins it when the answer is made. Where it
 * fails, nobody is told but the log, in a line with the name of the task and the request that caused it.
 */
export const afterAnswer = (c: Context, task: string, work: () => Promise<unknown>): void => {
  const run = async () => {
    try {
      // The answer is on its way first, so that what is done by the CPU does not delay it.
      await new Promise((resolve) => setTimeout(resolve))
      await work()
    } catch (error) {
      const facts = { task, requestId: c.get('requestId'), cause: causeOf(error) }
      console.error(JSON.stringify({ time: toInstant(now()), level: 'error', ...facts }))
    }
  }
  c.set('afterwards', [...(c.get('afterwards') ?? []), run])
}
