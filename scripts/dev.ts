/** `npm run dev`: starts a libSQL server, migrates it and runs `wrangler dev`, until Ctrl-C stops everything. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { run } from './cli.ts'
import { isolatedEnv } from './isolated-env.ts'
import { migrate } from './migrations.ts'
import { root } from './root.ts'
import { end, hasEnded, isInUse, portInUse, portOf, SetupError, startSqld } from './sqld.ts'

const dataDir = resolve(root, process.env.DATA_DIR ?? '.data')

/** How long `wrangler dev` may take to start. */
const START_TIMEOUT_MS = 60_000

/** Creates .dev.vars with a new secret if it does not exist. */
const ensureSecrets = () => {
  const path = join(root, '.dev.vars')
  if (existsSync(path)) return
  const secret = randomBytes(32).toString('base64url')
  const example = readFileSync(join(root, '.dev.vars.example'), 'utf8')
  writeFileSync(path, example.replace(/^JWT_SECRET=$/m, `JWT_SECRET=${secret}`), { mode: 0o600 })
  console.log('Made .dev.vars, with a JWT_SECRET of its own.')
}

/** Writes the settings that override .dev.vars in this run: the URL of its database. */
const writeOverrides = (databaseUrl: string) => {
  const path = join(dataDir, 'dev.vars')
  writeFileSync(path, `TURSO_DATABASE_URL=${databaseUrl}\nTURSO_AUTH_TOKEN=\n`)
  return path
}

const startWrangler = (port: number, overrides: string) => {
  const args = ['dev', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0']
  const files = ['--env-file', join(root, '.dev.vars'), '--env-file', overrides]
  return spawn('wrangler', [...args, ...files, '--show-interactive-dev-session', 'false'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: isolatedEnv(join(dataDir, 'wrangler')),
  })
}

const isOk = async (url: string) => (await fetch(url).catch(() => null))?.ok ?? false

const announceWhenReady = async (port: number, server: ChildProcess) => {
  const api = `http://localhost:${port}`
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!((await isOk(`${api}/readyz`)) && (await isOk(`${api}/apidocs`)))) {
    if (hasEnded(server)) return
    if (Date.now() > deadline) throw new SetupError(`${api} does not answer.`)
    await pause(100)
  }
  console.log(`\nOutlay runs. API: ${api}  Docs: ${api}/apidocs  (Ctrl-C ends it)`)
  console.log(`The hourly job runs when you ask for it: curl ${api}/cdn-cgi/local/scheduled\n`)
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Prevents a second run in the same data folder, whose database server would corrupt that of the first. */
const lock = (path: string) => {
  const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
  if (holder && isAlive(holder))
    throw new SetupError(`${dataDir} is in use by process ${holder}, says ${path}: set DATA_DIR to another one.`)
  rmSync(path, { force: true })
  writeFileSync(path, String(process.pid), { flag: 'wx' })
}

await run(async () => {
  const [port, databasePort] = [portOf('PORT', 8787), portOf('DB_PORT', 8080)]
  if (await isInUse(port)) throw new SetupError(`Port ${port}, for the API, is in use: set PORT to another one.`)
  if (await isInUse(databasePort)) throw portInUse(databasePort)
  mkdirSync(dataDir, { recursive: true })
  const lockFile = join(dataDir, 'dev.pid')
  lock(lockFile)
  ensureSecrets()
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
  const sqld = await startSqld(databasePort, dataDir)
  try {
    await migrate(sqld.url)
    const wrangler = startWrangler(port, writeOverrides(sqld.url))
    try {
      const failed = Promise.race([
        once(wrangler, 'exit').then(() => 'wrangler dev'),
        once(sqld.process, 'exit').then(() => 'The database'),
      ])
      const ended = Promise.race([stopped, failed])
      await Promise.race([announceWhenReady(port, wrangler), ended])
      const failedProcess = await ended
      if (failedProcess) throw new SetupError(`${failedProcess} has ended by itself.`)
    } finally {
      await end(wrangler)
    }
  } finally {
    await sqld.stop()
    rmSync(lockFile, { force: true })
  }
})
