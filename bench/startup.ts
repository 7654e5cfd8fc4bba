/** How much CPU the start of the Worker takes, and for what. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isolatedEnv } from '../scripts/isolated-env.ts'
import { root } from '../scripts/root.ts'
import type { Bundle } from './servers.ts'
import { settings } from './settings.ts'
import { type Measured, measured } from './statistics.ts'

/** As much of a profile (Profiler of the Chrome DevTools protocol) as is read here: times are in microseconds. */
type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number } }[]
  samples: number[]
  timeDeltas: number[]
}

/** In milliseconds of CPU: the whole, and the mean of each part, the largest first. */
export type Startup = { time: Measured; parts: [part: string, milliseconds: number][] }

/** Starts the Worker once, with `wrangler check startup`. */
const profileStart = async (dataDir: string) => {
  const outfile = join(dataDir, 'startup.cpuprofile')
  const env = isolatedEnv(join(dataDir, 'tool'))
  const { stdout } = await promisify(execFile)('wrangler', ['check', 'startup', '--outfile', outfile], {
    cwd: root,
    env,
  })
  const [, active] = /Active: ([\d.]+) ms/.exec(stdout) ?? []
  if (!active) throw new Error(`wrangler check startup tells no time: ${stdout}`)
  return { time: Number(active), profile: JSON.parse(readFileSync(outfile, 'utf8')) as Profile }
}

/** Whose a file is. Not by package: drizzle-orm's files come by source maps that do not name it. */
const ownerOf = (file: string) => {
  if (!file.includes('node_modules/')) return 'Outlay'
  return /node_modules\/@?(hono|zod)\//.exec(file)?.[1] ?? 'other packages'
}

/** What a function belongs to: V8 names what it does itself in parentheses, and its own functions have no file. */
const partOf = (
  { functionName, url, lineNumber, columnNumber }: Profile['nodes'][number]['callFrame'],
  map: SourceMap,
) => {
  if (functionName.startsWith('(')) return functionName
  if (url === '') return 'functions of V8'
  if (lineNumber < 0) return 'the top level of the modules'
  const { originalSource } = map.findEntry(lineNumber, columnNumber) as { originalSource?: string }
  return originalSource ? `functions of ${ownerOf(originalSource)}` : 'functions of the bundler'
}

/** Measures the start some times. */
export const measureStartup = async ({ folder }: Bundle, dataDir: string): Promise<Startup> => {
  const map = new SourceMap(JSON.parse(readFileSync(join(folder, 'index.js.map'), 'utf8')))
  const times: number[] = []
  const sums = new Map<string, number>()
  for (let i = 0; i < settings.startups; i++) {
    const { time, profile } = await profileStart(dataDir)
    times.push(time)
    const parts = new Map(profile.nodes.map(({ id, callFrame }) => [id, partOf(callFrame, map)]))
    for (const [sample, id] of profile.samples.entries()) {
      const part = parts.get(id) ?? 'unknown'
      sums.set(part, (sums.get(part) ?? 0) + (profile.timeDeltas[sample] ?? 0))
    }
  }
  sums.delete('(idle)')
  const parts = Array.from(sums, ([part, sum]): [string, number] => [part, sum / 1000 / settings.startups])
  return { time: measured(times), parts: parts.toSorted(([, a], [, b]) => b - a) }
}
