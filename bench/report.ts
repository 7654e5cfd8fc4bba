/** The results, as Markdown. */
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { root } from '../scripts/root.ts'
import type { Load, Unexpected } from './load.ts'
import type { Operation } from './operations.ts'
import type { Use } from './proxy.ts'
import { MONTHS } from './seed.ts'
import { settings } from './settings.ts'
import { DELAYS } from './single.ts'
import type { Startup } from './startup.ts'
import type { Measured } from './statistics.ts'

const MAX_POST_BYTES = 6000
const MAX_POST_ROWS_WRITTEN = 9
const MAX_STARTUP = 45
const MAX_GROWTH = 1.5
/** Parts of the start that take less are left out, in milliseconds. */
const LEAST_PART = 0.5

type Result = { operation: Operation; load: Load; use: Use; delays: number[]; growth: number | undefined }

export type Results = {
  operations: Result[]
  bundle: number
  startup: Startup
  /** MiB, when the API has just begun to answer and after `answers` requests. */
  memory: { before: number; after: number; answers: number; unexpected: Unexpected }
}

type Bound = { what: string; wanted: string; found: string; holds: boolean }

const atLeast = (what: string, figure: number, bound: number): Bound => ({
  what,
  wanted: `≥ ${bound.toFixed(2)}`,
  found: figure.toFixed(2),
  holds: figure >= bound,
})

const atMost = (what: string, figure: number, bound: number, digits = 0): Bound => ({
  what,
  wanted: `≤ ${bound}`,
  found: figure.toFixed(digits),
  holds: figure <= bound,
})

export const boundsOf = ({ operations, startup }: Results): Bound[] => [
  ...operations.flatMap(({ operation: { name, minRatio }, load }) =>
    minRatio === undefined ? [] : [atLeast(`${name}: ratio`, load.ratio.median, minRatio)],
  ),
  ...operations
    .filter(({ operation }) => operation.isPost)
    .flatMap(({ operation: { name }, use }) => [
      atMost(`${name}: bytes sent to the database`, use.bytes, MAX_POST_BYTES),
      atMost(`${name}: rows written`, use.rowsWritten, MAX_POST_ROWS_WRITTEN),
    ]),
  atMost('start-up CPU, ms', startup.time.median, MAX_STARTUP, 1),
  ...operations.flatMap(({ operation: { name }, growth }) =>
    growth === undefined ? [] : [atMost(`${name}: growth`, growth, MAX_GROWTH, 2)],
  ),
]

const table = (head: string[], rows: string[][]) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const spread = ({ median, least, most }: Measured, digits: number) =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`

/** What was not expected, in words. */
export const told = (unexpected: Unexpected) =>
  Object.entries(unexpected)
    .map(([what, times]) => `${times} × ${what}`)
    .join(', ') || 'none'

const loadTable = (operations: Result[]) =>
  table(
    [
      'operation',
      'req/s',
      'limit req/s',
      'ratio',
      'p50 ms',
      'p99 ms',
      'limit p50 ms',
      'unexpected',
      'limit: unexpected',
    ],
    operations.map(({ operation, load }) => [
      operation.name,
      spread(load.api, 0),
      spread(load.limit, 0),
      spread(load.ratio, 2),
      load.p50.toFixed(1),
      load.p99.toFixed(1),
      load.limitP50.toFixed(1),
      told(load.unexpected.api),
      told(load.unexpected.limit),
    ]),
  )

const useTable = (operations: Result[]) =>
  table(
    [
      'operation',
      'bytes sent',
      'steps',
      'rows read',
      'rows written',
      'round trips',
      ...DELAYS.map((delay) => `p50 ÷ ${delay} ms`),
      'growth',
    ],
    operations.map(({ operation, use, delays, growth }) => [
      operation.name,
      ...[use.bytes, use.steps, use.rowsRead, use.rowsWritten, use.roundTrips].map(String),
      ...delays.map((multiple) => (use.roundTrips === 0 ? '–' : multiple.toFixed(2))),
      growth?.toFixed(2) ?? '–',
    ]),
  )

const boundTable = (results: Results) =>
  table(
    ['bound', 'wanted', 'found', ''],
    boundsOf(results).map(({ what, wanted, found, holds }) => [what, wanted, found, holds ? 'pass' : '**FAIL**']),
  )

const commit = () => execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()

export const toMarkdown = (results: Results): string => {
  const { users, few, many, seconds, rounds, connections, growthRequests } = settings
  const { operations, bundle, startup, memory } = results
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`
  return `# Results of \`npm run bench\`

${new Date().toISOString().slice(0, 10)}, commit ${commit()}, ${machine}.

${users} users with ${few} expenses and one with ${many}; ${rounds} rounds of ${seconds} s each, API and limit in turn,
${connections} connections; medians, with the least and the most. Each round has its own
ratio, and the median of those is shown. The budgets have had limits that roll over for ${MONTHS} months. The columns "limit" are of
a bare Worker: it makes one request of the database for the same rows and reads them one by one, where Outlay has those of
lists and changes packed into one text. For \`GET /livez\`, it answers a constant. A stand-in inside Outlay's isolate counts
for the rate limits: what the rate limiter of the edge costs is not measured.

## Bounds

${boundTable(results)}

## Under load

${loadTable(operations)}

## A single request

Bytes, steps, rows and round trips of one request, as sqld tells them; the p50 where each round trip takes so much
longer, as a multiple of that; and how many times as long a request takes the user with ${many} expenses as
one with ${few} (p50 of ${growthRequests}).

${useTable(operations)}

## The Worker

${table(
  ['figure', 'value'],
  [
    ['bundle (gzip), KiB', bundle.toFixed(1)],
    ['start-up CPU, ms', spread(startup.time, 1)],
    ['RSS of workerd at the start, MiB', memory.before.toFixed(0)],
    [`RSS of workerd after ${memory.answers} requests, MiB`, memory.after.toFixed(0)],
    ['unexpected answers among the last of them', told(memory.unexpected)],
  ],
)}

What stands in the way of a faster start: the mean of the profiles, as \`wrangler check startup\` takes them of the same
bundle. \`(program)\` is what V8 does outside of JavaScript. The time to compile a function counts for its caller.

${table(
  ['part of the start', 'CPU, ms'],
  startup.parts
    .filter(([, milliseconds]) => milliseconds >= LEAST_PART)
    .map(([part, milliseconds]) => [part, milliseconds.toFixed(1)]),
)}
`
}
