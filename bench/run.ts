/**
 * `npm run bench`: what the production bundle costs on `workerd serve` and a real sqld, compared to bare Workers that
 * do the least that can be done. It writes bench/RESULTS.md, takes some twenty minutes, and fails where a bound is not
 * met. The environment makes it smaller:
 *
 * BENCH_USERS      users with few expenses (1000)
 * BENCH_FEW        how many those have (1000)
 * BENCH_MANY       how many the one with many has (1000000)
 * BENCH_SECONDS    how long a turn takes (2): short, since the speed of many machines changes from second to second
 * BENCH_ROUNDS     how often API and limit take turns (11)
 * BENCH_CONNECTIONS      connections under load (8)
 * BENCH_GROWTH_REQUESTS  requests of each of the two users whose times are compared (200)
 * BENCH_MEMORY_REQUESTS  requests after which the memory is measured (100000)
 * BENCH_STARTUPS   how often the start of the Worker is measured (9)
 * BENCH_ONLY       keys of operations.ts, separated by commas (all)
 * BENCH_RESULTS    the file to write (bench/RESULTS.md)
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { migrate } from '../scripts/migrations.ts'
import { root } from '../scripts/root.ts'
import { freePort, startSqld } from '../scripts/sqld.ts'
import { compare, fillUp, type Load, type Target } from './load.ts'
import { type Operation, operations, type Sent } from './operations.ts'
import { logIn, type Person } from './people.ts'
import { startProxy, type Use } from './proxy.ts'
import { boundsOf, type Results, told, toMarkdown } from './report.ts'
import { bareQueries, dropLimits, type People, seed, setPlan } from './seed.ts'
import {
  api,
  type Bundle,
  bareWorker,
  bundle,
  constantWorker,
  jsonBinding,
  residentMemory,
  type Server,
  serve,
  textBinding,
} from './servers.ts'
import { settings } from './settings.ts'
import { delaysOf, growthOf, useOf } from './single.ts'
import { measureStartup } from './startup.ts'

const chosen = operations.filter(({ key }) => settings.only.length === 0 || settings.only.includes(key))
const unknown = settings.only.filter((key) => !operations.some((operation) => operation.key === key))
if (unknown.length > 0) throw new Error(`BENCH_ONLY has keys that operations.ts has not: ${unknown.join(', ')}.`)
const began = performance.now()

const say = (what: string) => console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${what}`)

const dataDir = mkdtempSync(join(tmpdir(), 'outlay-bench-'))

/** What has to be undone, the last of it first. */
const cleanUp: (() => unknown)[] = []

/** Waits for something that starts, and has it stopped in the end, even where that comes before it has started. */
const started = <T extends { stop(): unknown }>(starting: Promise<T>): Promise<T> => {
  cleanUp.push(() =>
    starting.then(
      (it) => it.stop(),
      () => {},
    ),
  )
  return starting
}

const whoAsks = ({ who }: Operation, people: People): Person => people[who === 'nobody' ? 'limited' : who]

const measureSingles = async (built: Bundle, databaseUrl: string, people: People) => {
  const proxy = await started(startProxy(databaseUrl))
  const server = await started(serve('proxied', api(built, proxy.url), dataDir))
  const singles = new Map<string, { use: Use; delays: number[] }>()
  for (const operation of chosen) {
    const person = whoAsks(operation, people)
    await logIn(server.url, person)
    proxy.take()
    const use = await useOf(server.url, proxy, operation, person)
    singles.set(operation.key, { use, delays: await delaysOf(server.url, proxy, operation, person) })
    say(`${operation.name}: ${JSON.stringify(use)}`)
  }
  await server.stop()
  proxy.stop()
  return singles
}

/** Those with limits first, and those with a plan last: the user with many expenses has what these have. */
const measureGrowth = async (url: string, people: People) => {
  const growths = new Map<string, number>()
  const measure = async (who: Operation['who'], few: Person) => {
    for (const operation of chosen.filter((candidate) => candidate.who === who)) {
      for (const person of [few, people.many]) await logIn(url, person)
      const growth = await growthOf(url, operation, few, people.many)
      growths.set(operation.key, growth)
      say(`${operation.name}: growth ${growth.toFixed(2)}`)
    }
  }
  await measure('limited', people.limited)
  await dropLimits(url, people.many)
  await measure('unlimited', people.unlimited)
  await setPlan(url, people.many)
  await measure('planning', people.planning)
  return growths
}

/** The same requests as the bare Worker wants them: below the key of what is asked. */
const toBare = ({ key }: Operation, requests: Target['requests']): Target['requests'] => {
  const below = (sent: Sent): Sent => ({ ...sent, path: `/${key}${sent.path}` })
  return typeof requests === 'function' ? () => below(requests()) : below(requests)
}

const measureLoads = async (server: Server, bare: Server, constant: Server, people: People) => {
  const loads = new Map<string, Load>()
  let answers = 0
  for (const operation of chosen) {
    const person = whoAsks(operation, people)
    await logIn(server.url, person)
    const target: Target = { url: server.url, requests: operation.requests(person), answers }
    const limit: Target = {
      url: operation.who === 'nobody' ? constant.url : bare.url,
      requests: toBare(operation, operation.requests(person)),
      answers: 0,
    }
    const load = await compare(operation, target, limit)
    // What asks nothing of the database would soon make up most of them.
    if (operation.who !== 'nobody') answers = target.answers
    loads.set(operation.key, load)
    const rates = `${load.api.median.toFixed(0)} of ${load.limit.median.toFixed(0)} requests a second`
    say(
      `${operation.name}: ${rates}; unexpected: ${told(load.unexpected.api)}, of the limit: ${told(load.unexpected.limit)}`,
    )
  }
  return { loads, answers }
}

const measureMemory = async (server: Server, people: People, before: number, answers: number) => {
  const [operation] = operations
  if (!operation) throw new Error('There is no operation.')
  await logIn(server.url, people.limited)
  const target: Target = { url: server.url, requests: operation.requests(people.limited), answers }
  const unexpected = await fillUp(operation, target, settings.memoryRequests)
  return { before, after: residentMemory(server), answers: target.answers, unexpected }
}

const measureAll = async (): Promise<Results> => {
  const built = bundle(dataDir)
  const startup = await measureStartup(built, dataDir)
  say(`${built.kibibytes} KiB, started in ${startup.time.median} ms`)

  const sqld = await started(startSqld(await freePort(), dataDir))
  await migrate(sqld.url)
  const server = await started(serve('api', api(built, sqld.url), dataDir))
  const memory = residentMemory(server)
  const people = await seed(server.url, sqld.url)
  say('seeded')

  const singles = await measureSingles(built, sqld.url, people)
  const growths = await measureGrowth(server.url, people)

  const bindings = [textBinding('DATABASE_URL', sqld.url), jsonBinding('QUERIES', bareQueries(people))]
  const bare = await started(serve('bare', bareWorker(bindings), dataDir))
  const constant = await started(serve('constant', constantWorker, dataDir))
  const { loads, answers } = await measureLoads(server, bare, constant, people)

  const results = chosen.map((operation) => {
    const [single, load] = [singles.get(operation.key), loads.get(operation.key)]
    if (!single || !load) throw new Error(`${operation.name} was not measured.`)
    return { operation, load, ...single, growth: growths.get(operation.key) }
  })
  return {
    operations: results,
    bundle: built.kibibytes,
    startup,
    memory: await measureMemory(server, people, memory, answers),
  }
}

/** Ends a run that is told to end, whatever it waits for. */
const toldToEnd = new Promise<never>((_resolve, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => reject(new Error(signal)))
})

try {
  const results = await Promise.race([measureAll(), toldToEnd])
  const path = resolve(root, process.env.BENCH_RESULTS ?? 'bench/RESULTS.md')
  writeFileSync(path, toMarkdown(results))
  const failed = boundsOf(results).filter(({ holds }) => !holds)
  for (const { what, wanted, found } of failed) say(`FAIL  ${what}: ${found}, wanted ${wanted}`)
  say(`wrote ${path}`)
  if (failed.length > 0) process.exitCode = 1
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  for (let undo = cleanUp.pop(); undo; undo = cleanUp.pop()) await undo()
  rmSync(dataDir, { recursive: true, force: true })
}
// A run that was told to end may be waiting for something still.
process.exit()
