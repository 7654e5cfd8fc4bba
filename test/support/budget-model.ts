export type Rollover = 'none' | 'surplus' | 'full'
type Setting = { limit: number; rollover: Rollover; alertPercents: number[] }
type Dated = Setting & { month: string }
type End = { month: string; limit: null }
/** `occurrence` is `plan due` where it is posted from a plan. */
type Expense = { amount: number; refund: boolean; date: string; categoryId: string | null; occurrence?: string }
type Income = { amount: number; date: string; occurrence?: string }
type Plan = {
  kind: 'expense' | 'income'
  amount: number
  categoryId: string | null
  start: string
  repeat: { every: number; unit: 'day' | 'week' | 'month' | 'year' } | null
  until: string | null
}
type Change = { amount: number | null; date: string | null; skipped: boolean }
type Place = [target: string, month: string]

const monthBefore = (month: string): string => {
  const [year = 0, of = 0] = month.split('-').map(Number)
  return of === 1 ? `${year - 1}-12` : `${year}-${String(of - 1).padStart(2, '0')}`
}

const addDays = (day: string, days: number) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

/** The same day so many months later, or the last one of a shorter month. */
const addMonths = (day: string, months: number) => {
  const [year = 0, month = 0, of = 0] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0))
  return addDays(last.toISOString().slice(0, 10), Math.min(of - last.getUTCDate(), 0))
}

/** No month of the tests is after it. */
const HORIZON = '2027-12-31'

/** The days on which a plan is due, one after the other from its start. */
export const duesOf = ({ start, repeat, until }: Plan): string[] => {
  const dues: string[] = []
  for (let k = 0; ; k++) {
    const steps = k * (repeat?.every ?? 0)
    const due = {
      day: () => addDays(start, steps),
      week: () => addDays(start, 7 * steps),
      month: () => addMonths(start, steps),
      year: () => addMonths(start, 12 * steps),
    }[repeat?.unit ?? 'day']()
    if (due > (until ?? HORIZON) || due > HORIZON || (k > 0 && !repeat)) return dues
    dues.push(due)
  }
}

/** What an expense adds to a sum. */
const netOf = ({ amount, refund }: Expense) => (refund ? -amount : amount)

const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)

type Line = { limit: number | null; carriedIn: number | null; spent: number }

/** The quotient, rounded down: the products are past what a JS number holds exactly. */
const divide = (dividend: bigint, divisor: bigint) => {
  const quotient = dividend / divisor
  return Number(quotient * divisor > dividend ? quotient - 1n : quotient)
}

/** Whether so many percent are spent; of nothing to spend, whatever is overspent is past every percent. */
const isReached = ({ limit, carriedIn, spent }: Line, percent: number): boolean => {
  if (limit === null || carriedIn === null) return false
  const base = limit + carriedIn
  return base > 0 ? (spent * 100) / base >= percent : spent > base
}

/**
 * The budget as the contract words it, computed anew from all that was ever recorded: slow, plain, and nothing of the
 * code under test.
 */
export class BudgetModel {
  startDay: number
  /** The names of the categories. */
  readonly categories = new Map<string, string>()
  readonly archived = new Set<string>()
  readonly expenses = new Map<string, Expense>()
  readonly incomes = new Map<string, Income>()
  readonly plans = new Map<string, Plan>()
  /** What departs from a plan, by `plan due`. */
  readonly changes = new Map<string, Change>()
  readonly onward = new Map<string, (Dated | End)[]>()
  readonly overrides = new Map<string, Dated[]>()
  /** `target month percent` of every alert. */
  readonly alerts = new Set<string>()

  constructor(startDay: number) {
    this.startDay = startDay
  }

  monthOf(date: string): string {
    const month = date.slice(0, 7)
    return Number(date.slice(8)) >= this.startDay ? month : monthBefore(month)
  }

  /** The lines that an expense is on. */
  linesOf({ date, categoryId }: Expense): Place[] {
    const month = this.monthOf(date)
    return categoryId
      ? [
          ['overall', month],
          [categoryId, month],
        ]
      : [['overall', month]]
  }

  /** What holds onward in a month: the latest that was set or ended until then. */
  onwardIn(target: string, month: string): Dated | null {
    const until = (this.onward.get(target) ?? []).filter((setting) => setting.month <= month)
    const latest = until.toSorted((a, b) => (a.month < b.month ? -1 : 1)).at(-1)
    return latest && latest.limit !== null ? latest : null
  }

  overrideIn(target: string, month: string): Dated | undefined {
    return this.overrides.get(target)?.find((setting) => setting.month === month)
  }

  private inForce(target: string, month: string): Dated | null {
    return this.overrideIn(target, month) ?? this.onwardIn(target, month)
  }

  /** What a new setting takes the place of: what it leaves out stays as it is there. */
  superseded(target: string, month: string, scope: 'onward' | 'month'): Dated | null {
    return scope === 'month' ? this.inForce(target, month) : this.onwardIn(target, month)
  }

  /** Whether the target has ever had a limit before this month. */
  private hasPast(target: string, month: string): boolean {
    const settings = [...(this.onward.get(target) ?? []), ...(this.overrides.get(target) ?? [])]
    return settings.some((setting) => setting.month < month)
  }

  private spentOn(target: string, month: string): Expense[] {
    const isOn = ({ date, categoryId }: Expense) =>
      this.monthOf(date) === month && (target === 'overall' || (categoryId ?? 'none') === target)
    return [...this.expenses.values()].filter(isOn)
  }

  private spent(target: string, month: string): number {
    return sum(this.spentOn(target, month).map(netOf))
  }

  /** What of the spending of a month has a pace: it is not posted from a plan, and not dated after today. */
  paceOf(today: string, target: string, month: string): number {
    const isPace = ({ date, occurrence }: Expense) => occurrence === undefined && date <= today
    return sum(this.spentOn(target, month).filter(isPace).map(netOf))
  }

  isPosted(occurrence: string): boolean {
    return [...this.expenses.values(), ...this.incomes.values()].some((entry) => entry.occurrence === occurrence)
  }

  /** What is planned on a target in a month, `income` among them: each occurrence of each plan, on its own day or another. */
  planned(target: string, month: string): number {
    let planned = 0
    for (const [id, plan] of this.plans) {
      const isOn =
        plan.kind === 'income' ? target === 'income' : ['overall', plan.categoryId ?? 'none'].includes(target)
      if (!isOn) continue
      for (const due of duesOf(plan)) {
        const change = this.changes.get(`${id} ${due}`)
        const isOpen = !change?.skipped && !this.isPosted(`${id} ${due}`)
        if (isOpen && this.monthOf(change?.date ?? due) === month) planned += change?.amount ?? plan.amount
      }
    }
    return planned
  }

  private carriedIn(target: string, month: string): number {
    const rollover = this.inForce(target, month)?.rollover ?? 'none'
    if (rollover === 'none' || !this.hasPast(target, month)) return 0
    const left = this.line(target, monthBefore(month)).available ?? 0
    return rollover === 'full' ? left : Math.max(left, 0)
  }

  line(target: string, month: string) {
    const setting = this.inForce(target, month)
    const spent = this.spent(target, month)
    if (!setting)
      return { target, limit: null, carriedIn: null, spent, available: null, percentUsed: null, setIn: null }
    const { limit, rollover, alertPercents } = setting
    const carriedIn = this.carriedIn(target, month)
    const base = limit + carriedIn
    const percentUsed = base > 0 ? divide(BigInt(spent) * 1000n, BigInt(base)) / 10 : null
    const available = limit + carriedIn - spent
    return { target, limit, carriedIn, spent, available, percentUsed, rollover, alertPercents, setIn: setting.month }
  }

  state(target: string, month: string): string | null {
    const { available } = this.line(target, month)
    if (available === null) return null
    if (available < 0) return 'over'
    return this.reached(target, month).length > 0 ? 'alert' : 'under'
  }

  /** Raises the alerts that are due on the lines of a target in these months. */
  raiseAlerts(target: string, months: Set<string>) {
    for (const month of months)
      for (const percent of this.reached(target, month)) this.alerts.add(`${target} ${month} ${percent}`)
  }

  private reached(target: string, month: string): number[] {
    const percents = this.inForce(target, month)?.alertPercents ?? []
    return percents.filter((percent) => isReached(this.line(target, month), percent)).toSorted((a, b) => a - b)
  }

  /**
   * Gives the settings of a target to another one, which keeps its own where both have one of the same month and scope. Where
   * that would leave a month without the limit that one of them has, nothing moves, and the first such month is returned.
   */
  mergeSettings(from: string, to: string, months: string[]): string | undefined {
    const both = [this.onward, this.overrides] as Map<string, { month: string }[]>[]
    const before = both.map((settings) => [settings.get(from) ?? [], settings.get(to) ?? []] as const)
    const limited = months.filter((month) => this.inForce(from, month) ?? this.inForce(to, month))
    const assign = (merge: boolean) => {
      for (const [i, settings] of both.entries()) {
        const [old = [], own = []] = before[i] ?? []
        const moved = old.filter(({ month }) => !own.some((other) => other.month === month))
        settings.set(from, merge ? [] : old)
        settings.set(to, merge ? [...own, ...moved] : own)
      }
    }
    assign(true)
    const lost = limited.find((month) => !this.inForce(to, month))
    if (lost) assign(false)
    return lost
  }

  view(month: string, today: string) {
    const withState = (line: { target: string; available: number | null }) => {
      const planned = this.planned(line.target, month)
      const free = line.available === null ? null : line.available - planned
      return { ...line, planned, free, state: this.state(line.target, month) }
    }
    const isToCome = month > this.monthOf(today)
    const lines = [...this.categories]
      .toSorted(([, a], [, b]) => (a < b ? -1 : 1))
      .map(([id]) => ({ ...this.line(id, month), archived: this.archived.has(id) }))
      .filter(
        ({ target, limit, spent, archived }) =>
          spent !== 0 || this.planned(target, month) > 0 || (limit !== null && !(archived && isToCome)),
      )
    const income = sum(
      [...this.incomes.values()].filter(({ date }) => this.monthOf(date) === month).map(({ amount }) => amount),
    )
    const spent = this.spent('overall', month)
    const overall = this.line('overall', month)
    return {
      month,
      income,
      spent,
      net: income - spent,
      planned: { spent: this.planned('overall', month), income: this.planned('income', month) },
      budgeted: sum(lines.map(({ limit }) => limit ?? 0)),
      overall: overall.limit === null ? null : withState(overall),
      categories: lines.map(withState),
      uncategorized: { spent: this.spent('none', month), planned: this.planned('none', month) },
      unreadAlerts: this.alerts.size,
    }
  }

  private tell(target: string, month: string) {
    const { spent, available } = this.line(target, month)
    return { spent, available, state: this.state(target, month) }
  }

  /** Does a write to these lines, and returns the verdict that it must answer. */
  judge(places: Place[], write: () => void) {
    const unique = [...new Map(places.map((place) => [place.join(' '), place])).values()]
    const before = unique.map((place) => this.tell(...place))
    const reached = unique.map((place) => this.reached(...place))
    write()
    return unique.map(([target, month], i) => {
      const crossed = this.reached(target, month).filter((percent) => !reached[i]?.includes(percent))
      for (const percent of this.reached(target, month)) this.alerts.add(`${target} ${month} ${percent}`)
      const { limit, percentUsed } = this.line(target, month)
      return { target, month, limit, before: before[i], after: { ...this.tell(target, month), percentUsed }, crossed }
    })
  }
}
