/** What the production bundle finds at the edge and workerd alone does not have: static files, and rate limiters. */
import { WorkerEntrypoint } from 'cloudflare:workers'

export class Limiter extends WorkerEntrypoint {
  limit() {
    return { success: true }
  }
}

export default { fetch: () => new Response(null, { status: 404 }) }
