import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, type Employee, employee, newId, withoutTag } from '../support/api.ts'
import { OfflineClient, type QueuedWrite } from '../support/offline-client.ts'
import { databaseThat } from '../support/proxied.ts'
import type { Behaviour } from '../support/proxy.ts'

const nat = fc.nat({ max: 50 })
const device = fc.nat({ max: 2 })
const kind = fc.constantFrom('expenses' as const, 'incomes' as const)
const amount = fc.integer({ min: 1, max: 1000 })
const date = fc.constantFrom('2026-10-01', '2026-11-01', '2026-11-02', '2026-12-31')
const isGuarded = fc.boolean()

/** What goes wrong with a request: on the way to the database, or on the way back to the device. */
const trouble = fc.oneof(
  { weight: 5, arbitrary: fc.constant('pass' as const) },
  { weight: 3, arbitrary: fc.constantFrom('cut' as const, 'drop' as const, 'truncate' as const) },
  { weight: 2, arbitrary: fc.constantFrom('once-cut' as const, 'once-truncate' as const, 'twice-busy' as const) },
  { weight: 3, arbitrary: fc.constantFrom('lost' as const, 'doubled' as const) },
)

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('post' as const), device, kind, amount, date }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), device, kind, amount, date }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('replace' as const), device, kind, which: nat, amount, date, isGuarded }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('patch' as const), device, kind, which: nat, amount, isGuarded }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), device, kind, which: nat, isGuarded }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restore' as const), device, kind, which: nat }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('batch' as const), device, kind, which: nat, amount, date }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('limit' as const), device, amount }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('push' as const), device, troubles: fc.array(trouble, { maxLength: 6 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pull' as const), device, limit: fc.integer({ min: 1, max: 7 }) }),
  },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never

/** Three devices of one employee, and a record of all that was accepted. */
class Household {
  readonly owner: Employee
  readonly devices: OfflineClient[]
  readonly ids = { expenses: [] as string[], incomes: [] as string[] }
  /** The note of each thing that was posted and accepted: nobody ever touches those again. */
  readonly posted: string[] = []
  troubles: Trouble[] = []

  constructor(owner: Employee) {
    this.owner = owner
    this.devices = [1, 2, 3].map(() => new OfflineClient((write) => this.send(write)))
  }

  private async send(write: QueuedWrite) {
    const next = this.troubles.shift() ?? 'pass'
    const isLocal = next === 'lost' || next === 'doubled'
    const caller = next === 'pass' || isLocal ? this.owner : this.owner.at(databaseThat(next as Behaviour).settings)
    const once = () => caller.send(write.method, write.path, write.body, { headers: write.headers })
    if (isLocal) await once()
    return next === 'lost' ? null : toAnswer(await once())
  }

  private queue(step: Step, write: Omit<QueuedWrite, 'headers'>, headers: Record<string, string> = {}) {
    this.devices[step.device]?.queue.push({ ...write, headers })
  }

  /** One that was put by its id, and where the step is guarded, its version as the device has seen it. */
  private known(step: Extract<Step, { which: number }>) {
    const id = this.ids[step.kind][step.which % Math.max(this.ids[step.kind].length, 1)]
    if (!id) return null
    const type = step.kind === 'expenses' ? 'expense' : 'income'
    const etag = this.devices[step.device]?.copy.get(`${type} ${id}`)?.etag
    const headers: Record<string, string> = 'isGuarded' in step && step.isGuarded && etag ? { 'If-Match': etag } : {}
    return { id, path: `/v1/${step.kind}/${id}`, headers }
  }

  private newId(kind: 'expenses' | 'incomes') {
    const id = newId()
    this.ids[kind].push(id)
    return id
  }

  async do(step: Step) {
    if (step.do === 'push') {
      this.troubles = [...step.troubles]
      await this.push(step.device)
      this.troubles = []
      return
    }
    if (step.do === 'pull') return this.devices[step.device]?.pullPage(step.limit)
    this.enqueue(step)
  }

  private enqueue(step: Step) {
    switch (step.do) {
      case 'post': {
        const note = newId()
        const body = { amount: step.amount, date: step.date, note }
        return this.queue(step, { method: 'POST', path: `/v1/${step.kind}`, body }, { 'Idempotency-Key': note })
      }
      case 'create': {
        const path = `/v1/${step.kind}/${this.newId(step.kind)}`
        return this.queue(step, { method: 'PUT', path, body: { amount: step.amount, date: step.date } })
      }
      case 'limit': {
        const path = '/v1/months/2026-10/budgets/overall'
        return this.queue(step, { method: 'PUT', path, body: { limit: step.amount, rollover: 'full' } })
      }
      case 'replace':
      case 'patch':
      case 'delete':
      case 'restore':
      case 'batch':
        return this.enqueueOnKnown(step)
    }
  }

  private enqueueOnKnown(step: Extract<Step, { which: number }>) {
    const known = this.known(step)
    if (!known) return
    const { id, path, headers } = known
    switch (step.do) {
      case 'replace':
        return this.queue(step, { method: 'PUT', path, body: { amount: step.amount, date: step.date } }, headers)
      case 'patch':
        return this.queue(step, { method: 'PATCH', path, body: { amount: step.amount } }, headers)
      case 'delete':
        return this.queue(step, { method: 'DELETE', path }, headers)
      case 'restore':
        return this.queue(step, { method: 'POST', path: `${path}/restore` })
      case 'batch': {
        const put = [{ id: this.newId(step.kind), amount: step.amount, date: step.date }]
        const body = { put, delete: [id] }
        return this.queue(
          step,
          { method: 'POST', path: `/v1/${step.kind}/batch`, body },
          { 'Idempotency-Key': newId() },
        )
      }
    }
  }

  private async push(device: number) {
    for (const { write, status } of (await this.devices[device]?.push()) ?? []) {
      expect([200, 201, 204, 404, 412, 422]).toContain(status)
      const key = write.headers['Idempotency-Key']
      if (write.method === 'POST' && !write.path.endsWith('/batch') && key && status === 201) this.posted.push(key)
    }
  }

  /** Everybody sends what waits and pulls all that has changed. */
  async settle() {
    for (const [i, { queue }] of this.devices.entries()) {
      await this.push(i)
      expect(queue).toEqual([])
    }
    for (const [i, one] of this.devices.entries()) await one.pull(i + 1)
  }

  /** All pages of a list. */
  async listed(path: string) {
    const rows: Answer['body'][] = []
    for (let cursor = ''; ; ) {
      const { body } = await this.owner.get(`${path}?limit=100${cursor}`)
      rows.push(...body.data.map(withoutTag))
      if (body.nextCursor === null) return rows
      cursor = `&cursor=${body.nextCursor}`
    }
  }
}

const toAnswer = ({ status, body, headers }: Answer) => ({ status, body, etag: headers.get('ETag') })

const dataOf = (device: OfflineClient, type: string) =>
  device
    .held(type)
    .map(([, { data }]) => data)
    .toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
const byId = (rows: Answer['body'][]) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
const sumOf = (rows: Answer['body'][], month: string, member: string) =>
  rows.filter((row) => row.date.startsWith(month)).reduce((sum, row) => sum + row[member], 0)

/** The revisions of all that there is, in the order in which a new device hears of it. */
const revisionsOf = async (owner: Employee) => {
  const revisions: number[] = []
  for (let since = ''; ; ) {
    const { body } = await owner.get(`/v1/changes?limit=10${since}`)
    revisions.push(
      ...body.changes.flatMap(({ etag }: { etag: string | null }) =>
        etag ? Number(etag.slice(1, -1).split('-')[1]) : [],
      ),
    )
    if (!body.hasMore) return revisions
    since = `&since=${body.nextCursor}`
  }
}

describe('three devices that write offline, lose answers and repeat themselves', () => {
  it('come to hold the same as the server, where each accepted write is exactly once', {
    timeout: 120_000,
  }, async () => {
    const steps = fc.array(step, { minLength: 20, maxLength: 60, size: 'max' })
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const household = new Household(await employee())
        for (const next of sequence) await household.do(next)
        await household.settle()

        const { owner, devices, posted } = household
        const server = {
          expense: await household.listed('/v1/expenses'),
          income: await household.listed('/v1/incomes'),
        }
        const categories = await household.listed('/v1/categories')
        for (const one of devices) {
          expect(dataOf(one, 'expense')).toEqual(byId(server.expense))
          expect(dataOf(one, 'income')).toEqual(byId(server.income))
          expect(dataOf(one, 'category')).toEqual(byId(categories))
          expect(one.copy).toEqual(devices[0]?.copy)
        }
        const notes = [...server.expense, ...server.income].map(({ note }) => note).filter(Boolean)
        expect(notes.toSorted()).toEqual(posted.toSorted())
        for (const month of ['2026-10', '2026-11', '2026-12']) {
          const { body } = await owner.get(`/v1/months/${month}`)
          expect(body.spent).toBe(sumOf(server.expense, month, 'baseAmount'))
          expect(body.income).toBe(sumOf(server.income, month, 'amount'))
        }
        const revisions = await revisionsOf(owner)
        // What one write has changed has one revision.
        expect(revisions).toEqual(revisions.toSorted((a, b) => a - b))
      }),
      { numRuns: 4, interruptAfterTimeLimit: 60_000 },
    )
  })
})
