/**
 * Stands in for the rate limiter of the edge, which workerd alone does not have: a module in the isolate of the API. A call
 * of another Worker would cost the API's some 400 µs of CPU, which is no cost of Outlay's.
 */
const PERIOD_MS = 60_000

/** How often each limiter was asked for each key in the current minute: all limiters of the isolate share it. */
const counts = new Map()
let currentMinute = 0

/** Counts by the minute of the clock. Without `limit`, it lets everything pass. */
export default ({ name, limit = Number.POSITIVE_INFINITY }) => ({
  async limit({ key }) {
    const minute = Math.floor(Date.now() / PERIOD_MS)
    if (minute > currentMinute) {
      counts.clear()
      currentMinute = minute
    }
    const counted = `${name} ${key}`
    const count = (counts.get(counted) ?? 0) + 1
    counts.set(counted, count)
    return { success: count <= limit }
  },
})
