import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from '../../scripts/root.ts'
import { freePort, hasEnded, isInUse } from '../../scripts/sqld.ts'

/** How long `npm run dev` may take to say that it runs, in milliseconds. */
const START_TIMEOUT_MS = 60_000

const filesOfProject = () =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean)

/** A copy of the project in an empty folder, as it is committed or about to be, with what `npm ci` has installed. */
export const install = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'outlay-e2e-'))
  for (const file of filesOfProject()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const [port, databasePort] = [await freePort(), await freePort()]
  const env = { ...process.env, PORT: String(port), DB_PORT: String(databasePort) }
  let server: Awaited<ReturnType<typeof start>> | undefined
  return {
    folder,
    url: `http://localhost:${port}`,
    databaseUrl: `http://127.0.0.1:${databasePort}`,
    /** The PIDs of what the last run has started, by name; of several of a name, the last one. */
    pids: (): Record<string, number> => {
      const entries: { name: string; pid: number }[] = JSON.parse(readFileSync(join(folder, '.data/lock.json'), 'utf8'))
      return Object.fromEntries(entries.map(({ name, pid }) => [name, pid]))
    },
    /** Runs `npm run dev` with these arguments until `stop`, and returns when it says that it runs. */
    start: async (...args: string[]) => {
      server = await start(folder, env, args)
      return server
    },
    /** Runs `npm run dev`, ends it as soon as its database listens, and returns its exit code. */
    interrupt: async () => {
      const child = spawn('node', ['scripts/dev.ts'], { cwd: folder, env, stdio: 'ignore' })
      const closed = once(child, 'close')
      while (!hasEnded(child) && !(await isInUse(databasePort))) await new Promise((resolve) => setTimeout(resolve, 10))
      child.kill('SIGTERM')
      await closed
      return child.exitCode
    },
    isListening: async () => (await isInUse(port)) || (await isInUse(databasePort)),
    run: (command: string, args: string[], change: NodeJS.ProcessEnv = {}) =>
      run(command, args, folder, { ...env, ...change }),
    /** Ends what still runs, where a test has failed, and leaves no trace. */
    remove: async () => {
      await server?.stop('SIGTERM')
      rmSync(folder, { recursive: true })
    },
  }
}

const outputOf = (child: ChildProcess) => {
  const output = { text: '' }
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output.text += chunk))
  return output
}

const run = async (command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) => {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = outputOf(child)
  await once(child, 'close')
  return { code: child.exitCode, output: output.text }
}

const start = async (cwd: string, env: NodeJS.ProcessEnv, args: string[]) => {
  const child = spawn('npm', ['run', 'dev', '--', ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output = outputOf(child)
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!output.text.includes('Outlay runs.')) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`npm run dev did not start:\n${output.text}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  /** SIGINT goes to the whole group, as a terminal sends it on Ctrl-C; SIGTERM to npm alone, as a supervisor does. */
  const stop = async (signal: 'SIGINT' | 'SIGTERM') => {
    const pid = child.pid ?? 0
    if (child.exitCode !== null || child.signalCode !== null) return
    process.kill(signal === 'SIGINT' ? -pid : pid, signal)
    await once(child, 'close')
  }
  /** Waits until it has printed this, and returns what the first group of a pattern is. */
  const prints = async (text: string | RegExp) => {
    for (;;) {
      if (typeof text === 'string' && output.text.includes(text)) return
      const found = text instanceof RegExp && text.exec(output.text)
      if (found) return found[1]
      if (child.exitCode !== null) throw new Error(`npm run dev has ended:\n${output.text}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return { stop, prints, ended: once(child, 'exit') }
}
