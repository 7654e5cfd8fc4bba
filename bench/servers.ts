/** The processes that are measured: `workerd serve`, with the production bundle or with a bare Worker. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isolatedEnv } from '../scripts/isolated-env.ts'
import { root } from '../scripts/root.ts'
import { end, freePort, hasEnded } from '../scripts/sqld.ts'

/** How long workerd may take to answer, in milliseconds. */
const START_TIMEOUT_MS = 15_000

/** A Worker as workerd wants it: its modules, the main one first, by the files that hold them, and its bindings. */
type Worker = { modules: { name: string; file: string }[]; bindings: string[] }

export type Server = { url: string; process: ChildProcess; stop(): Promise<void> }

const quote = (text: string) => JSON.stringify(text)

/** The line of wrangler.toml with this key, whose value is also JSON. */
const setting = (key: string): unknown => {
  const [, value] = new RegExp(`^${key} = (.*)$`, 'm').exec(readFileSync(join(root, 'wrangler.toml'), 'utf8')) ?? []
  if (!value) throw new Error(`wrangler.toml has no ${key}.`)
  return JSON.parse(value)
}

/** The rate limiters in wrangler.toml: how much each allows in a minute. */
const limiters = [
  ...readFileSync(join(root, 'wrangler.toml'), 'utf8').matchAll(
    /^name = "(\w+_LIMITER)".*?\{ limit = (\d+), period = 60 \}/gms,
  ),
].map(([, name = '', limit]) => ({ name, limit: Number(limit) }))

export const textBinding = (name: string, value: string) => `(name = ${quote(name)}, text = ${quote(value)})`
export const jsonBinding = (name: string, value: unknown) =>
  `(name = ${quote(name)}, json = ${quote(JSON.stringify(value))})`

const LIMITER_MODULE = 'bench:limiter'

/** A rate limiter. It never refuses unless it `isLimited`: the load is more than one user may send. */
const toLimiter = ({ name, limit }: (typeof limiters)[number], isLimited: boolean) => {
  const given = [textBinding('name', name), ...(isLimited ? [jsonBinding('limit', limit)] : [])]
  return `(name = ${quote(name)}, wrapped = (moduleName = ${quote(LIMITER_MODULE)}, innerBindings = [${given.join(', ')}]))`
}

const here = (name: string) => ({ name, file: join(root, 'bench', name) })

export const bareWorker = (bindings: string[]): Worker => ({ modules: [here('bare-worker.js')], bindings })
export const constantWorker: Worker = { modules: [here('constant-worker.js')], bindings: [] }

export type Bundle = { folder: string; kibibytes: number }

/** Bundles the Worker as a deployment would. */
export const bundle = (dataDir: string): Bundle => {
  const folder = join(dataDir, 'bundle')
  const args = ['deploy', '--dry-run', '--outdir', folder]
  const output = execFileSync('wrangler', args, {
    cwd: root,
    encoding: 'utf8',
    env: isolatedEnv(join(dataDir, 'tool')),
  })
  const [, size] = /gzip: ([\d.]+) KiB/.exec(output) ?? []
  return { folder, kibibytes: Number(size) }
}

/**
 * The production bundle, with the bindings of wrangler.toml and .dev.vars.example, as workerd can have them. Its quotas
 * hold only if it `isLimited`.
 */
export const api = ({ folder }: Bundle, databaseUrl: string, isLimited = false): Worker => {
  const texts = readdirSync(folder).filter((name) => name.endsWith('.txt'))
  return {
    modules: ['index.js', ...texts].map((name) => ({ name, file: join(folder, name) })),
    bindings: [
      textBinding('TURSO_DATABASE_URL', databaseUrl),
      textBinding('TURSO_AUTH_TOKEN', ''),
      textBinding('JWT_SECRET', 'the secret of the benchmark, which nobody else has'),
      textBinding('JWT_SECRET_PREVIOUS', ''),
      textBinding('CORS_ORIGINS', 'http://localhost:3000,http://localhost:5173'),
      textBinding('MAIL_SENDER', 'outlay@example.com'),
      textBinding('FRONT_END_ORIGIN', 'http://localhost:3000'),
      '(name = "MAIL", service = (name = "stubs", entrypoint = "Mailer"))',
      '(name = "ASSETS", service = "stubs")',
      ...limiters.map((limiter) => toLimiter(limiter, isLimited)),
    ],
  }
}

const toModule = ({ name, file }: Worker['modules'][number]) =>
  `(name = ${quote(name)}, ${name.endsWith('.js') ? 'esModule' : 'text'} = embed ${quote(file)})`

const toService = (name: string, { modules, bindings }: Worker) => `(name = ${quote(name)}, worker = (
      compatibilityDate = ${quote(String(setting('compatibility_date')))},
      compatibilityFlags = ${JSON.stringify(setting('compatibility_flags'))},
      modules = [${modules.map(toModule).join(', ')}],
      bindings = [${bindings.join(', ')}]
    ))`

const toConfig = (worker: Worker, port: number) => `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ${toService('main', worker)},
    ${toService('stubs', { modules: [here('stubs.js')], bindings: [] })},
    (name = "internet", network = (allow = ["public", "private", "local"]))
  ],
  extensions = [(modules = [
    (name = ${quote(LIMITER_MODULE)}, internal = true, esModule = embed ${quote(here('limiter.js').file)})
  ])],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
`

const answers = async (url: string) => Boolean(await fetch(`${url}/livez`).catch(() => null))

/** The workerd that wrangler brings. */
const { default: binary }: { default: string } = createRequire(createRequire(import.meta.url).resolve('wrangler'))(
  'workerd',
)

/** Starts a Worker in a workerd of its own, on a free port, and waits until it answers. */
export const serve = async (name: string, worker: Worker, dataDir: string): Promise<Server> => {
  const port = await freePort()
  const folder = join(dataDir, 'workerd')
  mkdirSync(folder, { recursive: true })
  const config = join(folder, `${name}.capnp`)
  writeFileSync(config, toConfig(worker, port))
  const child = spawn(binary, ['serve', '--import-path=/', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint += chunk
  })
  const url = `http://127.0.0.1:${port}`
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await answers(url))) {
    if (hasEnded(child) || Date.now() > deadline) {
      await end(child)
      throw new Error(`workerd does not serve ${name}: ${complaint}`)
    }
    await pause(50)
  }
  return { url, process: child, stop: () => end(child) }
}

/** The memory that a process holds, in MiB. */
export const residentMemory = ({ process }: Server): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(process.pid)], { encoding: 'utf8' })) / 1024
