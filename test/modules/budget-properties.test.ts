import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Answer, type Employee, employee, newId, newName } from '../support/api.ts'
import { BudgetModel, duesOf, type Rollover } from '../support/budget-model.ts'

const TODAY = '2026-02-15'

afterEach(() => {
  vi.useRealTimers()
})

const months = ['2024-02', '2025-11', '2025-12', '2026-01', '2026-02', '2026-03', '2027-01']
const month = fc.constantFrom(...months)
/** Every month in which something can change, or hold because of that. */
const everyMonth = Array.from(
  { length: 40 },
  (_, i) => `${2024 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`,
)
const day = fc.constantFrom('01', '02', '14', '24', '25', '27', '28')
const date = fc.tuple(month, day).map((parts) => parts.join('-'))
const amount = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(80, 100, 1_000_000_000_000))
/** Which of those there are, or null. */
const index = fc.nat({ max: 20 })
const optionalIndex = fc.option(index, { freq: 4 })
const refund = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) })
const expense = { amount, refund, date, category: optionalIndex, isForeign: fc.boolean() }
const income = { amount, date, isForeign: fc.boolean() }
const limit = fc.oneof(fc.constantFrom(0, 100, 1_000_000_000_000), fc.integer({ min: 0, max: 500 }))
const rollover = fc.constantFrom<Rollover>('none', 'surplus', 'full')
const alertPercents = fc.uniqueArray(fc.constantFrom(1, 50, 80, 100, 150, 1000), { maxLength: 5 })
const scope = fc.constantFrom('onward' as const, 'month' as const)
const setting = fc.record({ limit, rollover, alertPercents }, { requiredKeys: ['limit'] })
const repeat = fc.option(
  fc.record({
    every: fc.integer({ min: 1, max: 3 }),
    unit: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'year' as const),
  }),
  { freq: 6 },
)
const start = fc.oneof(date, fc.constantFrom('2024-02-29', '2025-10-31', '2026-01-31'))
const kind = fc.constantFrom('expense' as const, 'expense' as const, 'income' as const)
/** Which of the plans, and which of its occurrences in these months. */
const occurrence = { which: index, due: fc.nat({ max: 200 }) }
const place = { target: optionalIndex, month, scope }

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('create' as const), ...expense }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('replace' as const), which: index, ...expense }) },
  {
    weight: 4,
    arbitrary: fc.record(
      { do: fc.constant('patch' as const), which: index, amount, refund, date, category: optionalIndex },
      { requiredKeys: ['do', 'which'] },
    ),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), which: index }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('earn' as const), which: index, ...income }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('correct' as const), which: index, ...income }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), which: index }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('limit' as const), ...place, sent: setting }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), ...place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rename' as const), which: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('archive' as const), which: index, archived: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('merge' as const), which: index, into: index }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('plan' as const),
      ...{ kind, amount, category: optionalIndex, isForeign: fc.boolean(), start, repeat, until: fc.option(date) },
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      ...{ ...occurrence, amount: fc.option(amount), date: fc.option(date), skipped: refund },
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unchange' as const), ...occurrence }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('post' as const), ...occurrence }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unplan' as const), which: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('startDay' as const), day: fc.constantFrom(1, 2, 25, 28) }) },
)

const DEFAULTS = { rollover: 'none' as const, alertPercents: [80, 100] }

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type StepOf<D extends Step['do']> = Extract<Step, { do: D }>
type Money = { amount: number; refund: boolean; date: string; category: number | null; isForeign: boolean }

/** Without the ends before which nothing held: what was set and ended in one month leaves no trace. */
const withoutIdleEnds = (settings: { month: string; limit: number | null }[]) =>
  settings
    .toSorted((a, b) => (a.month < b.month ? -1 : 1))
    .filter(({ limit }, i, all) => limit !== null || (all[i - 1]?.limit ?? null) !== null)

/** An employee and the model of their budget, who do the same and must come to the same. */
class Pair {
  readonly api: Employee
  readonly model: BudgetModel

  constructor(api: Employee) {
    this.api = api
    this.model = new BudgetModel(api.user.monthStartDay)
  }

  async addCategory() {
    const { id, name } = await this.api.sorts()
    this.model.categories.set(id, name)
    return id
  }

  private pick<K>(from: Map<K, unknown>, which: number): K | undefined {
    return [...from.keys()][which % Math.max(from.size, 1)]
  }

  private category(which: number | null): string | null {
    return which === null ? null : (this.pick(this.model.categories, which) ?? null)
  }

  private target(which: number | null): string {
    return this.category(which) ?? 'overall'
  }

  /** What comes to this amount: twice as much money that is worth half, unless that is too much. */
  private paid({ amount, isForeign }: Pick<Money, 'amount' | 'isForeign'>) {
    return isForeign && amount < 1000
      ? { amount: amount * 2, currency: 'GBP', exchangeRate: '0.5' }
      : { amount, currency: this.api.user.currency, exchangeRate: null }
  }

  /** A body, and what it comes to. */
  private money({ amount, refund, date, category, isForeign }: Money) {
    const categoryId = this.category(category)
    const body = { date, refund, categoryId, ...this.paid({ amount, isForeign }) }
    return { body, recorded: { amount, refund, date, categoryId } }
  }

  private takes(categoryId: string | null, before: string | null = null) {
    return categoryId === null || categoryId === before || !this.model.archived.has(categoryId)
  }

  private expectVerdict(answer: Answer, verdicts: { target: string; month: string }[]) {
    const sorted = (lines: { target: string; month: string }[]) =>
      lines.toSorted((a, b) => (`${a.month} ${a.target}` < `${b.month} ${b.target}` ? -1 : 1))
    expect(answer.status).toBeLessThan(300)
    const told = answer.body.budget.map(({ name: _, ...impact }: { name: string | null }) => impact)
    expect(sorted(told)).toEqual(sorted(verdicts))
  }

  private async record(id: string, money: Money, write: (body: object) => Promise<Answer>) {
    const { body, recorded: sent } = this.money(money)
    const before = this.model.expenses.get(id)
    const recorded = { ...sent, ...(before?.occurrence && { occurrence: before.occurrence }) }
    const answer = await write(body)
    if (!this.takes(recorded.categoryId, before?.categoryId)) return expect(answer).toBeFaultAt('/categoryId')
    const lines = [...(before ? this.model.linesOf(before) : []), ...this.model.linesOf(recorded)]
    const verdicts = this.model.judge(lines, () => this.model.expenses.set(answer.body.id, recorded))
    this.expectVerdict(answer, verdicts)
  }

  create = (step: StepOf<'create'>) => this.record('', step, (body) => this.api.post('/v1/expenses', body))

  replace = (step: StepOf<'replace'>) => {
    const id = this.pick(this.model.expenses, step.which) ?? newId()
    return this.record(id, step, (body) => this.api.put(`/v1/expenses/${id}`, body))
  }

  patch = async ({ which, amount, refund, date, category }: StepOf<'patch'>) => {
    const id = this.pick(this.model.expenses, which)
    const before = this.model.expenses.get(id ?? '')
    if (!id || !before) return
    const categoryId = category === undefined ? undefined : this.category(category)
    const sent = {
      ...(amount !== undefined && { amount, currency: this.api.user.currency, exchangeRate: null }),
      ...(refund !== undefined && { refund }),
      ...(date !== undefined && { date }),
      ...(categoryId !== undefined && { categoryId }),
    }
    const answer = await this.api.patch(`/v1/expenses/${id}`, sent)
    const after = {
      amount: amount ?? before.amount,
      refund: refund ?? before.refund,
      date: date ?? before.date,
      categoryId: categoryId === undefined ? before.categoryId : categoryId,
      ...(before.occurrence && { occurrence: before.occurrence }),
    }
    if (!this.takes(after.categoryId, before.categoryId)) return expect(answer).toBeFaultAt('/categoryId')
    const lines = [...this.model.linesOf(before), ...this.model.linesOf(after)]
    this.expectVerdict(
      answer,
      this.model.judge(lines, () => this.model.expenses.set(id, after)),
    )
  }

  delete = async ({ which }: StepOf<'delete'>) => {
    const id = this.pick(this.model.expenses, which)
    const before = this.model.expenses.get(id ?? '')
    if (!id || !before) return
    const answer = await this.api.delete(`/v1/expenses/${id}`)
    this.expectVerdict(
      answer,
      this.model.judge(this.model.linesOf(before), () => this.model.expenses.delete(id)),
    )
    this.skip(before)
  }

  /** An entry that is deleted leaves its occurrence skipped. */
  private skip({ occurrence }: { occurrence?: string }) {
    const unchanged = { amount: null, date: null, skipped: false }
    const isOfPlan = occurrence && this.model.plans.has(occurrence.split(' ')[0] ?? '')
    if (isOfPlan)
      this.model.changes.set(occurrence, { ...(this.model.changes.get(occurrence) ?? unchanged), skipped: true })
  }

  earn = async ({ which, amount, date, isForeign }: StepOf<'earn'>) => {
    const id = this.pick(this.model.incomes, which) ?? newId()
    const sent = { date, ...this.paid({ amount, isForeign }) }
    const { body } = await (which % 2 ? this.api.put(`/v1/incomes/${id}`, sent) : this.api.post('/v1/incomes', sent))
    this.model.incomes.set(body.id, { ...this.model.incomes.get(body.id), amount, date })
  }

  correct = async ({ which, amount, date, isForeign }: StepOf<'correct'>) => {
    const id = this.pick(this.model.incomes, which)
    if (!id) return
    await this.api.patch(`/v1/incomes/${id}`, { date, ...this.paid({ amount, isForeign }) })
    this.model.incomes.set(id, { ...this.model.incomes.get(id), amount, date })
  }

  lose = async ({ which }: StepOf<'lose'>) => {
    const id = this.pick(this.model.incomes, which)
    const before = this.model.incomes.get(id ?? '')
    if (!id || !before) return
    await this.api.delete(`/v1/incomes/${id}`)
    this.model.incomes.delete(id)
    this.skip(before)
  }

  plan = async ({ kind, amount, category, isForeign, start, repeat, until }: StepOf<'plan'>) => {
    const categoryId = kind === 'income' ? null : this.category(category)
    const ends = until && until >= start ? until : null
    const sent = { kind, start, repeat, until: ends, categoryId, ...this.paid({ amount, isForeign }) }
    const answer = await this.api.post('/v1/plans', sent)
    if (!this.takes(categoryId)) return expect(answer).toBeFaultAt('/categoryId')
    this.model.plans.set(answer.body.id, { kind, amount, categoryId, start, repeat, until: ends })
  }

  unplan = async ({ which }: StepOf<'unplan'>) => {
    const id = this.pick(this.model.plans, which)
    if (!id) return
    await this.api.delete(`/v1/plans/${id}`)
    this.model.plans.delete(id)
  }

  private occurrence({ which, due: chosen }: { which: number; due: number }) {
    const id = this.pick(this.model.plans, which) ?? ''
    const plan = this.model.plans.get(id)
    const dues = plan ? duesOf(plan) : []
    const due = dues[chosen % dues.length]
    return plan && due ? { plan, due, key: `${id} ${due}`, path: `/v1/plans/${id}/occurrences/${due}` } : undefined
  }

  change = async ({ amount, date, skipped, ...which }: StepOf<'change'>) => {
    const it = this.occurrence(which)
    if (!it) return
    // In the currency of the plan, which may be worth half.
    const { currency } = (await this.api.get(it.path.replace(/.occurrences.*/, ''))).body
    const times = currency === this.api.user.currency ? 1 : 2
    const base = amount && amount * times > 1_000_000_000_000 ? null : amount
    const answer = await this.api.put(it.path, { amount: base && base * times, date, skipped })
    if (this.model.isPosted(it.key)) return expect(answer).toBeProblem('occurrence_posted')
    expect(answer.status).toBe(200)
    this.model.changes.set(it.key, { amount: base, date, skipped })
  }

  unchange = async (step: StepOf<'unchange'>) => {
    const it = this.occurrence(step)
    if (!it) return
    await this.api.delete(it.path)
    this.model.changes.delete(it.key)
  }

  post = async (step: StepOf<'post'>) => {
    const it = this.occurrence(step)
    if (!it) return
    const { currency } = (await this.api.get(it.path.replace(/.occurrences.*/, ''))).body
    const rate = currency === this.api.user.currency ? {} : { exchangeRate: '0.5' }
    const answer = await this.api.post(`${it.path}/post`, rate)
    if (this.model.isPosted(it.key)) return expect(answer.status).toBe(200)
    expect(answer.status).toBe(201)
    const { amount, date } = this.model.changes.get(it.key) ?? {}
    const entry = { amount: amount ?? it.plan.amount, date: date ?? it.due, occurrence: it.key }
    if (it.plan.kind === 'income') return void this.model.incomes.set(answer.body.id, entry)
    const expense = { ...entry, refund: false, categoryId: it.plan.categoryId }
    const verdicts = this.model.judge(this.model.linesOf(expense), () =>
      this.model.expenses.set(answer.body.id, expense),
    )
    this.expectVerdict(answer, verdicts)
  }

  limit = async ({ target: which, month, scope, sent }: StepOf<'limit'>) => {
    const target = this.target(which)
    const { rollover, alertPercents } = this.model.superseded(target, month, scope) ?? DEFAULTS
    const setting = { rollover, alertPercents, ...sent }
    const settings = scope === 'onward' ? this.model.onward : this.model.overrides
    const others = (settings.get(target) ?? []).filter((other) => other.month !== month)
    const isNew = !settings.get(target)?.some((other) => other.month === month && other.limit !== null)
    const answer = await this.api.put(`/v1/months/${month}/budgets/${target}`, { scope, ...sent })
    const verdicts = this.model.judge([[target, month]], () =>
      (settings as Map<string, object[]>).set(target, [...others, { month, ...setting }]),
    )
    this.expectVerdict(answer, verdicts)
    expect(answer.status).toBe(isNew ? 201 : 200)
  }

  end = async ({ target: which, month, scope }: StepOf<'end'>) => {
    const target = this.target(which)
    const answer = await this.api.delete(`/v1/months/${month}/budgets/${target}?scope=${scope}`)
    const inForce = scope === 'onward' ? this.model.onwardIn(target, month) : this.model.overrideIn(target, month)
    if (!inForce) return expect(answer).toBeProblem('budget_not_found')
    const verdicts = this.model.judge([[target, month]], () => {
      const settings = scope === 'onward' ? this.model.onward : this.model.overrides
      const others = (settings.get(target) ?? []).filter((other) => other.month !== month)
      const ended = scope === 'onward' ? withoutIdleEnds([...others, { month, limit: null }]) : others
      ;(settings as Map<string, object[]>).set(target, ended)
    })
    this.expectVerdict(answer, verdicts)
  }

  rename = async ({ which }: StepOf<'rename'>) => {
    const id = this.category(which)
    if (!id) return
    const name = newName()
    await this.api.patch(`/v1/categories/${id}`, { name })
    this.model.categories.set(id, name)
  }

  archive = async ({ which, archived }: StepOf<'archive'>) => {
    const id = this.category(which)
    if (!id) return
    await this.api.patch(`/v1/categories/${id}`, { archived })
    if (archived) this.model.archived.add(id)
    else this.model.archived.delete(id)
  }

  merge = async ({ which, into }: StepOf<'merge'>) => {
    const [from, to] = [this.category(which), this.category(into)]
    if (!from || !to || from === to || this.model.archived.has(to)) return
    const { model } = this
    const limitedIn = [model.onward, model.overrides].flatMap((settings: Map<string, { month: string }[]>) =>
      (settings.get(from) ?? [])
        .map(({ month }) => month)
        .filter((month) => !settings.get(to)?.some((own) => own.month === month)),
    )
    const lost = model.mergeSettings(from, to, everyMonth)
    const answer = await this.api.delete(`/v1/categories/${from}?moveTo=${to}`)
    if (lost) {
      expect(answer).toBeProblem('budgets_conflict')
      return expect(answer.body.detail).toContain(lost)
    }
    expect(answer.status).toBe(204)
    model.categories.delete(from)
    const moved = [...model.expenses.values()].filter(({ categoryId }) => categoryId === from)
    const spentIn = moved.map(({ date }) => model.monthOf(date))
    for (const [id, expense] of model.expenses)
      if (expense.categoryId === from) model.expenses.set(id, { ...expense, categoryId: to })
    for (const plan of model.plans.values()) if (plan.categoryId === from) plan.categoryId = to
    for (const alert of model.alerts) if (alert.startsWith(from)) model.alerts.delete(alert)
    model.raiseAlerts(to, new Set([...spentIn, ...limitedIn]))
  }

  startDay = async ({ day }: StepOf<'startDay'>) => {
    await this.api.patch('/v1/users/me', { monthStartDay: day })
    this.model.startDay = day
  }

  async do(step: Step) {
    await (this[step.do] as (step: Step) => Promise<unknown>)(step)
  }

  /** The month view and the alerts are what the model says. */
  async expectSame(month: string) {
    const { body } = await this.api.get(`/v1/months/${month}`)
    expect(body).toMatchObject(this.model.view(month, TODAY))
    for (const line of [...body.categories, ...(body.overall ? [body.overall] : [])])
      expectPace(line, this.model.paceOf(TODAY, line.target, month), body)
    const alerts = (await this.api.get('/v1/alerts?limit=100')).body.data.map(
      ({ target, month, percent }: Record<string, unknown>) => `${target} ${month} ${percent}`,
    )
    expect(new Set(alerts)).toEqual(this.model.alerts)
    expect(alerts).toHaveLength(this.model.alerts.size)
  }
}

/** `spent` is the sum of what is listed, on every line. */
const expectListed = async (caller: Employee, month: string) => {
  const { body } = await caller.get(`/v1/months/${month}`)
  const sumOf = async (filter: string) => {
    const { data } = (await caller.get(`/v1/expenses?month=${month}&limit=100${filter}`)).body
    const net = ({ refund, baseAmount }: { refund: boolean; baseAmount: number }) => (refund ? -baseAmount : baseAmount)
    return data.map(net).reduce((sum: number, amount: number) => sum + amount, 0)
  }
  expect(await sumOf('')).toBe(body.spent)
  expect(await sumOf('&categoryId=none')).toBe(body.uncategorized.spent)
  for (const { target, spent } of body.categories) expect(await sumOf(`&categoryId=${target}`)).toBe(spent)
}

const daysFrom = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1

/** The pace, as it is defined: `pace` is that part of what is spent which has one. */
const expectPace = (line: Answer['body'], pace: number, { from, to }: { from: string; to: string }) => {
  const isRunning = from <= TODAY && TODAY <= to
  const left = daysFrom(TODAY, to)
  const allowance = Math.max(0, Math.floor(line.free / left))
  expect(line.dailyAllowance).toBe(isRunning && line.limit !== null ? allowance : null)
  const elapsed = daysFrom(from, TODAY)
  const projected = Math.round((pace * daysFrom(from, to)) / elapsed) + (line.spent - pace) + line.planned
  expect(line.projectedSpent).toBe(to < TODAY ? line.spent : elapsed < 3 ? null : projected)
}

describe('the budget', () => {
  it('is after any sequence of writes what a naive recomputation says', { timeout: 120_000 }, async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(`${TODAY}T12:00:00Z`) })
    const settings = fc.record({
      monthStartDay: fc.constantFrom(1, 15, 25, 28),
      timeZone: fc.constantFrom('UTC', 'Europe/Paris', 'America/New_York'),
      currency: fc.constantFrom('EUR', 'USD', 'CHF'),
    })
    const steps = fc.array(fc.tuple(step, month), { minLength: 10, maxLength: 30, size: 'max' })
    await fc.assert(
      fc.asyncProperty(settings, steps, async (chosen, sequence) => {
        const pair = new Pair(await employee(chosen))
        for (let i = 0; i < 3; i++) await pair.addCategory()
        for (const [next, month] of sequence) {
          await pair.do(next)
          await pair.expectSame(month)
        }
        for (const month of months) await pair.expectSame(month)
        await expectListed(pair.api, TODAY.slice(0, 7))
      }),
      { numRuns: 6, interruptAfterTimeLimit: 60_000 },
    )
  })
})
