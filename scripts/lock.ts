import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './sqld.ts'

/** A process, and when it started, since its PID may be that of another one later. */
type Entry = { name: string; pid: number; startedAt: string }

/** The name of the process that holds the lock. */
const OWNER = 'the run'

/** When a process started, in units of the system. Null if there is none with this PID, or only a dead one. */
export const startOf = (pid: number): string | null => {
  try {
    if (process.platform === 'linux') {
      // After the name, which can hold anything: the state first, the start as the 20th.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      return fields[0] === 'Z' ? null : (fields[19] ?? null)
    }
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim()
  } catch {
    return null
  }
}

const isRunning = ({ pid, startedAt }: Entry) => startOf(pid) === startedAt

const readEntries = (path: string): Entry[] => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return []
  }
}

export type Lock = {
  /** Notes a process of this run, so that the next one can tell if it was left behind. */
  add(name: string, pid: number | undefined): void
  release(): void
}

/**
 * Prevents a second run in the same folder, whose database server would corrupt that of the first. It holds as long as
 * a process of the run is there, even one that was left behind when the run was killed. Throws SetupError.
 */
export const lock = (folder: string): Lock => {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'lock.json')
  const [owner, ...left] = readEntries(path).filter(isRunning)
  if (owner?.name === OWNER) {
    throw new SetupError(`${folder} is in use by process ${owner.pid}, says ${path}: set DATA_DIR to another one.`)
  }
  if (owner) {
    const processes = [owner, ...left]
    const names = processes.map(({ name, pid }) => `${name} (PID ${pid})`).join(' and ')
    const pids = processes.map(({ pid }) => pid).join(' ')
    throw new SetupError(`A run that was killed has left behind ${names}. End that with: kill ${pids}`)
  }
  const entries: Entry[] = []
  const add = (name: string, pid = 0) => {
    entries.push({ name, pid, startedAt: startOf(pid) ?? '' })
    writeFileSync(`${path}.new`, JSON.stringify(entries))
    renameSync(`${path}.new`, path)
  }
  add(OWNER, process.pid)
  return { add, release: () => rmSync(path, { force: true }) }
}
