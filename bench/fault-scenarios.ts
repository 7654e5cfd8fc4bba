/** The ways in which the database fails. */
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { Fault } from '../test/support/proxy.ts'
import type { FailingDatabase } from './failing-database.ts'
import type { Request } from './fault-writers.ts'

/** Under this, the file system is one that was made to be filled. */
const SMALL_DISK_BYTES = 2 ** 30
/** How much the database may still grow where there is no room, in bytes. */
const ROOM_BYTES = 100_000

export type Scenario = {
  name: string
  /** Makes the fault, and ends it. */
  run: () => Promise<void>
  /** The fault is one of the way to the database, for the calls of the users who write. Else it is the database's. */
  isOnTheWay: boolean
  /** What a user who does not write goes on sending, and is to be answered with success. */
  neighbour: Request
  /** The clients disconnect. */
  leaves?: boolean
}

const readExpenses: Request = { method: 'GET', path: '/v1/expenses' }
const writeExpense: Request = { method: 'POST', path: '/v1/expenses', body: { amount: 1, date: '2026-11-01' } }
const askLiveness: Request = { method: 'GET', path: '/livez' }

/** Everything that is tried. The disk is filled only if it is small. */
export const scenariosOf = (database: FailingDatabase): Scenario[] => {
  const onTheWay = (name: string, fault: Fault, seconds: number): Scenario => ({
    name,
    isOnTheWay: true,
    neighbour: writeExpense,
    run: async () => {
      database.setFault(fault)
      await pause(seconds * 1000)
      database.setFault('pass')
    },
  })
  const inside = (name: string, neighbour: Request, run: () => Promise<void>): Scenario => ({
    name,
    isOnTheWay: false,
    neighbour,
    run,
  })

  const lock = async () => {
    const other = new DatabaseSync(database.file, { timeout: 5000 })
    other.exec('BEGIN IMMEDIATE')
    await pause(6000)
    other.exec('ROLLBACK')
    other.close()
  }
  const killThrice = async () => {
    for (let i = 0; i < 3; i++) {
      database.kill()
      await pause(1000)
      await database.start()
      await pause(1500)
    }
  }
  const takeRoom = async () => {
    await database.limitSize((await database.size()) + ROOM_BYTES)
    await pause(4000)
    await database.limitSize(2 ** 40)
  }
  const { bavail, bsize } = statfsSync(database.folder)
  const fillDisk = async () => {
    const ballast = join(database.folder, 'ballast')
    try {
      writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    } catch {
      // It is full, as is wanted.
    }
    await pause(4000)
    rmSync(ballast)
  }

  return [
    onTheWay('down', 'drop', 3),
    onTheWay('3 s slow', 'slow', 6),
    onTheWay('30 s slow', 'stuck', 12),
    onTheWay('answers HTML', 'page', 3),
    onTheWay('answers 502', 'bad-gateway', 3),
    onTheWay('answers 429', 'throttled', 3),
    onTheWay('answers 500', 'failure', 3),
    onTheWay('cut after commit', 'cut', 3),
    onTheWay('says for 6 s that it is busy', 'busy', 6),
    inside('locked for 6 s', readExpenses, lock),
    inside('killed three times', askLiveness, killThrice),
    inside('no room in the database', readExpenses, takeRoom),
    ...(bavail * bsize < SMALL_DISK_BYTES ? [inside('disk full', readExpenses, fillDisk)] : []),
    { ...inside('clients disconnect', writeExpense, () => pause(4000)), leaves: true },
  ]
}
