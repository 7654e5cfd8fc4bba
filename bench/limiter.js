/**
 * Stands in for the rate limiter of the edge, which workerd alone does not have. It runs in the isolate that asks it, as a
 * binding does: as a Worker of its own, each call of it would cost an eighth of all that the API's Worker does for a POST.
 */
const PERIOD_MS = 60_000

/** How often each key was counted in the minute that runs. */
const counts = new Map()
let current = 0

/** Counts like the limiter of the edge where `limit` is given to it, and lets everything pass where none is. */
export default ({ name, limit = Number.POSITIVE_INFINITY }) => ({
  async limit({ key }) {
    const minute = Math.floor(Date.now() / PERIOD_MS)
    if (minute !== current) counts.clear()
    current = minute
    const counted = `${name} ${key}`
    const count = (counts.get(counted) ?? 0) + 1
    counts.set(counted, count)
    return { success: count <= limit }
  },
})
