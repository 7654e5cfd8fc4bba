/** What the production bundle finds at the edge and workerd alone does not have: static files, and mail. Rate limiters: limiter.js. */
import { WorkerEntrypoint } from 'cloudflare:workers'

/** Sends nothing. */
export class Mailer extends WorkerEntrypoint {
  send() {
    return { messageId: 'none' }
  }
}

export default { fetch: () => new Response(null, { status: 404 }) }
