/** Stands in for what the edge has and workerd alone has not: static files, and mail. For rate limiters, see limiter.js. */
import { WorkerEntrypoint } from 'cloudflare:workers'

/** Sends nothing. */
export class Mailer extends WorkerEntrypoint {
  send() {
    return { messageId: 'none' }
  }
}

export default { fetch: () => new Response(null, { status: 404 }) }
