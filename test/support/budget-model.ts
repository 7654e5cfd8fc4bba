export type Rollover = 'none' | 'surplus' | 'full'
type Setting = { limit: number; rollover: Rollover; alertPercents: number[] }
type Dated = Setting & { month: string }
type End = { month: string; limit: null }
type Expense = { amount: number; refund: boolean; date: string; categoryId: string | null }
type Place = [target: string, month: string]

const monthBefore = (month: string): string => {
  const [year = 0, of = 0] = month.split('-').map(Number)
  return of === 1 ? `${year - 1}-12` : `${year}-${String(of - 1).padStart(2, '0')}`
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
  readonly incomes = new Map<string, { amount: number; date: string }>()
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

  private spent(target: string, month: string, after = ''): number {
    const isOn = ({ date, categoryId }: Expense) =>
      this.monthOf(date) === month && date > after && (target === 'overall' || (categoryId ?? 'none') === target)
    return sum([...this.expenses.values()].filter(isOn).map(netOf))
  }

  /** What of the spending of a month is dated after a day. */
  laterThan(today: string, target: string, month: string): number {
    return this.spent(target, month, today)
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
    const withState = (line: { target: string }) => ({ ...line, state: this.state(line.target, month) })
    const isToCome = month > this.monthOf(today)
    const lines = [...this.categories]
      .toSorted(([, a], [, b]) => (a < b ? -1 : 1))
      .map(([id]) => ({ ...this.line(id, month), archived: this.archived.has(id) }))
      .filter(({ limit, spent, archived }) => spent !== 0 || (limit !== null && !(archived && isToCome)))
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
      budgeted: sum(lines.map(({ limit }) => limit ?? 0)),
      overall: overall.limit === null ? null : withState(overall),
      categories: lines.map(withState),
      uncategorized: { spent: this.spent('none', month) },
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
