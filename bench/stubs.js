/** What the production bundle finds at the edge and workerd alone does not have: static files, rate limiters, and mail. */
import { WorkerEntrypoint } from 'cloudflare:workers'

const PERIOD_MS = 60_000

/** How often each key was counted in its minute. */
const counts = new Map()

/** Counts like the limiter of the edge where `limit` is given to it, and lets everything pass where none is. */
export class Limiter extends WorkerEntrypoint {
  limit({ key }) {
    const { name, limit = Number.POSITIVE_INFINITY } = this.ctx.props
    const minute = `${name} ${key} ${Math.floor(Date.now() / PERIOD_MS)}`
    const count = (counts.get(minute) ?? 0) + 1
    counts.set(minute, count)
    return { success: count <= limit }
  }
}

/** Sends nothing. */
export class Mailer extends WorkerEntrypoint {
  send() {
    return { messageId: 'none' }
  }
}

export default { fetch: () => new Response(null, { status: 404 }) }
