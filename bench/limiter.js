/**
 * Stands in for the rate limiters of the edge, which workerd alone has not. It is a module in the isolate of the API: if it
 * were a Worker, each call would take some 400 µs of CPU, an artefact of the benchmark.
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
