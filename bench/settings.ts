/** What the environment says of the size of this run: see run.ts. */
const numberOf = (name: string, fallback: number): number => {
  const number = Number(process.env[name] ?? fallback)
  if (Number.isFinite(number) && number > 0) return number
  throw new Error(`${name} must be a number above 0, and is "${process.env[name]}".`)
}

export const settings = {
  users: numberOf('BENCH_USERS', 1000),
  few: numberOf('BENCH_FEW', 1000),
  many: numberOf('BENCH_MANY', 1_000_000),
  seconds: numberOf('BENCH_SECONDS', 2),
  rounds: numberOf('BENCH_ROUNDS', 11),
  connections: numberOf('BENCH_CONNECTIONS', 8),
  growthRequests: numberOf('BENCH_GROWTH_REQUESTS', 200),
  memoryRequests: numberOf('BENCH_MEMORY_REQUESTS', 100_000),
  startups: numberOf('BENCH_STARTUPS', 9),
  /** The names of the operations to measure; all of them if it is empty. */
  only: (process.env.BENCH_ONLY ?? '').split(',').filter(Boolean),
}
