/**
 * `npm run dev`: starts a libSQL server, migrates it and runs `wrangler dev`, until Ctrl-C stops everything. With `--demo`,
 * it makes a user with two years of data: see demo/.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { run } from './cli.ts'
import { makeDemo } from './demo/send.ts'
import { isolatedEnv } from './isolated-env.ts'
import { dataDir, localToken, startLocalDatabase } from './local-database.ts'
import { type Lock, lock } from './lock.ts'
import { migrate } from './migrations.ts'
import { root } from './root.ts'
import { end, hasEnded, isInUse, portOf, SetupError } from './sqld.ts'

/** How long `wrangler dev` may take to start. */
const START_TIMEOUT_MS = 60_000
/** A database that ends sooner after its start is not started again. */
const MIN_UPTIME_MS = 1000
/** How long after the end of the database the signal that ended both may arrive. */
const SIGNAL_DELAY_MS = 100

/** Creates .dev.vars with a new secret if it does not exist. */
const ensureSecrets = () => {
  const path = join(root, '.dev.vars')
  if (existsSync(path)) return
  const secret = randomBytes(32).toString('base64url')
  const example = readFileSync(join(root, '.dev.vars.example'), 'utf8')
  writeFileSync(path, example.replace(/^JWT_SECRET=$/m, `JWT_SECRET=${secret}`), { mode: 0o600 })
  console.log('Made .dev.vars, with a JWT_SECRET of its own.')
}

/** Writes the settings that override .dev.vars in this run: the URL of its database, and the token. */
const writeOverrides = (databaseUrl: string, token: string) => {
  const path = join(dataDir, 'dev.vars')
  rmSync(path, { force: true })
  writeFileSync(path, `TURSO_DATABASE_URL=${databaseUrl}\nTURSO_AUTH_TOKEN=${token}\n`, { mode: 0o600 })
  return path
}

/** Starts `wrangler dev`. A setting that an older .dev.vars lacks is as in the example. */
const startWrangler = (port: number, overrides: string) => {
  const args = ['dev', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0']
  const settings = [join(root, '.dev.vars.example'), join(root, '.dev.vars'), overrides]
  const files = settings.flatMap((file) => ['--env-file', file])
  return spawn('wrangler', [...args, ...files, '--show-interactive-dev-session', 'false'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: isolatedEnv(join(dataDir, 'wrangler')),
  })
}

const isOk = async (url: string) => (await fetch(url).catch(() => null))?.ok ?? false

const announceWhenReady = async (port: number, server: ChildProcess, isDemo: boolean) => {
  const api = `http://localhost:${port}`
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!((await isOk(`${api}/readyz`)) && (await isOk(`${api}/apidocs`)))) {
    if (hasEnded(server)) return
    if (Date.now() > deadline) throw new SetupError(`${api} does not answer.`)
    await pause(100)
  }
  console.log(`\nOutlay runs. API: ${api}  Docs: ${api}/apidocs  (Ctrl-C ends it)`)
  console.log(`The hourly job runs when you ask for it: curl ${api}/cdn-cgi/local/scheduled\n`)
  if (isDemo) console.log(`\n${await makeDemo(api)}\n`)
}

/** Starts the database, and again whenever it ends by itself, until `stop`. `failed` rejects if that does not help. */
const keepDatabase = async (port: number, held: Lock) => {
  let isStopping = false
  let startedAt = 0
  const start = async () => {
    startedAt = Date.now()
    const started = await startLocalDatabase(port)
    held.add('sqld', started.process.pid)
    return started
  }
  let sqld = await start()
  const restart = async () => {
    while (!isStopping) {
      if (!hasEnded(sqld.process)) await once(sqld.process, 'exit')
      await pause(SIGNAL_DELAY_MS)
      if (isStopping) return
      const how = sqld.process.signalCode ?? `exit code ${sqld.process.exitCode}`
      if (Date.now() - startedAt < MIN_UPTIME_MS) throw new SetupError(`The database ends as it starts (${how}).`)
      console.error(`\nThe database has ended by itself (${how}): it is started again.\n`)
      sqld = await start()
      console.log(`\nThe database runs again (PID ${sqld.process.pid}).\n`)
    }
  }
  const failed = restart()
  // Whoever awaits it may do so only later.
  failed.catch(() => {})
  const stop = async () => {
    isStopping = true
    await sqld.stop()
    await failed.catch(() => {})
    await sqld.stop()
  }
  return { url: sqld.url, failed, stop }
}

await run(async () => {
  const [port, databasePort] = [portOf('PORT', 8787), portOf('DB_PORT', 8080)]
  const held = lock(dataDir)
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
  try {
    if (await isInUse(port)) throw new SetupError(`Port ${port}, for the API, is in use: set PORT to another one.`)
    ensureSecrets()
    const database = await keepDatabase(databasePort, held)
    try {
      const token = await localToken()
      await migrate(database.url, { authToken: token })
      const wrangler = startWrangler(port, writeOverrides(database.url, token))
      held.add('wrangler dev', wrangler.pid)
      try {
        const failed = once(wrangler, 'exit').then(() => {
          throw new SetupError('wrangler dev has ended by itself.')
        })
        const ended = Promise.race([stopped, failed, database.failed])
        await Promise.race([announceWhenReady(port, wrangler, process.argv.includes('--demo')), ended])
        await ended
      } finally {
        await end(wrangler)
      }
    } finally {
      await database.stop()
    }
  } finally {
    held.release()
  }
})
