type Headers = Record<string, string>
type Json = Record<string, unknown>

/** A write as it waits on a device. Whoever sends it again sends it just so. */
export type QueuedWrite = { method: string; path: string; body?: object; headers: Headers }

/** What comes back, or null where nothing does. */
type Answer = { status: number; body: Json; etag: string | null } | null
type Send = (write: QueuedWrite) => Promise<Answer>

type Change = { type: string; id: string; etag: string | null; data: Json | null }
type Held = { etag: string; data: Json }

/** The statuses after which the same request may yet succeed. */
const isTransient = (status: number) => status > 500 || [401, 408, 429].includes(status)

/**
 * A device that goes on without a network: what its user does waits in a queue, and what there is, it holds a copy of.
 * It is the loop of the README, with what a test wants to know of it.
 */
export class OfflineClient {
  readonly queue: QueuedWrite[] = []
  readonly copy = new Map<string, Held>()
  cursor: string | null = null
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Sends what waits, in order, and keeps what got no answer yet. Returns the answers that it did get. */
  async push(): Promise<{ write: QueuedWrite; status: number }[]> {
    const answered: { write: QueuedWrite; status: number }[] = []
    for (let write = this.queue[0]; write; write = this.queue[0]) {
      const answer = await this.#send(write)
      if (answer === null || isTransient(answer.status)) break
      // Done, or refused for good: somebody else was first (404, 409, 412), or it was wrong (422).
      this.queue.shift()
      answered.push({ write, status: answer.status })
    }
    return answered
  }

  /** Applies one page of what has changed. Returns whether there is more, or null where no answer came. */
  async pullPage(limit: number): Promise<boolean | null> {
    const since = this.cursor === null ? '' : `&since=${this.cursor}`
    const answer = await this.#send({ method: 'GET', path: `/v1/changes?limit=${limit}${since}`, headers: {} })
    if (answer?.status !== 200) return null
    for (const { type, id, etag, data } of answer.body.changes as Change[]) {
      if (data !== null && etag !== null) this.copy.set(`${type} ${id}`, { etag, data })
      else this.copy.delete(`${type} ${id}`)
    }
    this.cursor = String(answer.body.nextCursor)
    return Boolean(answer.body.hasMore)
  }

  /** Applies all that has changed. */
  async pull(limit: number) {
    for (let more: boolean | null = true; more; ) more = await this.pullPage(limit)
  }

  /** What it holds of a type, by id. */
  held(type: string): [string, Held][] {
    return [...this.copy]
      .filter(([key]) => key.startsWith(`${type} `))
      .map(([key, held]) => [key.slice(type.length + 1), held])
  }
}
