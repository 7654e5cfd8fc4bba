import { serviceUnavailable } from '../../http/problems.ts'
import { now } from '../../shared/clock.ts'

/** How many requests may hash passwords, in one isolate: the one whose turn it is, and those that wait. */
export const MAX_SLOTS = 10
/** How often a request that waits looks whether it is its turn. */
const POLL_MS = 20
/** How long a slot is kept without a sign of its request: of one that waits or hashes, and of one that asks the database. */
const [LEASE_MS, DATABASE_LEASE_MS] = [300, 3000]

/** The `Retry-After` of a request that finds no slot, in seconds. */
const RETRY_AFTER_S = '2'

const noSlot = () =>
  serviceUnavailable({
    detail: 'Too many passwords are being checked. Try again after the number of seconds in `Retry-After`.',
    headers: { 'Retry-After': RETRY_AFTER_S },
  })

type Slot = { isReady: boolean; keptUntil: number }

/**
 * The slots of this isolate, in the order in which they were taken. A request cannot wait for a promise of another one:
 * workerd takes that for a hang. So each looks from time to time. And one whose client has gone is cancelled, and never
 * gives its slot back: so a slot is kept only while its request shows that it is there.
 */
let slots: Slot[] = []

/** Shows that the request is there. It gets its slot back if it was so late that others thought it was not. */
const keep = (slot: Slot, leaseMs: number) => {
  slot.keptUntil = now() + leaseMs
  if (!slots.includes(slot)) slots.push(slot)
}

const dropAbandoned = () => {
  const at = now()
  slots = slots.filter(({ keptUntil }) => keptUntil > at)
}

const waitForTurn = async (slot: Slot) => {
  for (;;) {
    keep(slot, LEASE_MS)
    dropAbandoned()
    if (slots.find(({ isReady }) => isReady) === slot) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Does heavy work while no other request of the isolate does any. `work` calls `stillHere` once in a while. */
export type InTurn = <T>(work: (stillHere: () => void) => Promise<T>) => Promise<T>

/**
 * Takes a slot for a request that hashes passwords, as long as `job` lasts. Throws serviceUnavailable at once if there
 * is none, before anything is read or counted.
 */
export const withHashingSlot = async <T>(job: (inTurn: InTurn) => Promise<T>): Promise<T> => {
  dropAbandoned()
  if (slots.length >= MAX_SLOTS) throw noSlot()
  const slot: Slot = { isReady: false, keptUntil: 0 }
  keep(slot, DATABASE_LEASE_MS)
  const inTurn: InTurn = async (work) => {
    slot.isReady = true
    await waitForTurn(slot)
    try {
      return await work(() => keep(slot, LEASE_MS))
    } finally {
      slot.isReady = false
      keep(slot, DATABASE_LEASE_MS)
    }
  }
  try {
    return await job(inTurn)
  } finally {
    slots = slots.filter((other) => other !== slot)
  }
}
