import { serviceUnavailable } from '../../http/problems.ts'
import { now } from '../../shared/clock.ts'

/** How many requests may hash passwords, in one isolate: the one whose turn it is, and those that wait. */
export const MAX_PLACES = 10
/** How often a request that waits looks whether it is its turn. */
const POLL_MS = 20
/** How long a place is kept without a sign of its request: of one that waits or hashes, and of one that asks the database. */
const [LEASE_MS, DATABASE_LEASE_MS] = [300, 3000]

/** The `Retry-After` of a request that finds no place, in seconds. */
const RETRY_AFTER_S = '2'

const noPlace = () =>
  serviceUnavailable({
    detail: 'Too many passwords are being checked. Try again after the number of seconds in `Retry-After`.',
    headers: { 'Retry-After': RETRY_AFTER_S },
  })

type Place = { isReady: boolean; keptUntil: number }

/**
 * The places of this isolate, in the order in which they were taken. A request cannot wait for a promise of another one:
 * workerd takes that for a hang. So each looks from time to time. And one whose client has gone is cancelled, and never
 * gives its place back: so a place is kept only while its request shows that it is there.
 */
let places: Place[] = []

/** Shows that the request is there. It gets its place back if it was so late that others thought it was not. */
const keep = (place: Place, leaseMs: number) => {
  place.keptUntil = now() + leaseMs
  if (!places.includes(place)) places.push(place)
}

const dropAbandoned = () => {
  const at = now()
  places = places.filter(({ keptUntil }) => keptUntil > at)
}

const waitForTurn = async (place: Place) => {
  for (;;) {
    keep(place, LEASE_MS)
    dropAbandoned()
    if (places.find(({ isReady }) => isReady) === place) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Does heavy work while no other request of the isolate does any. `work` calls `stillHere` once in a while. */
export type InTurn = <T>(work: (stillHere: () => void) => Promise<T>) => Promise<T>

/**
 * Takes a place for a request that hashes passwords, as long as `job` lasts. Throws serviceUnavailable at once if there
 * is none, before anything is read or counted.
 */
export const withPlace = async <T>(job: (inTurn: InTurn) => Promise<T>): Promise<T> => {
  dropAbandoned()
  if (places.length >= MAX_PLACES) throw noPlace()
  const place: Place = { isReady: false, keptUntil: 0 }
  keep(place, DATABASE_LEASE_MS)
  const inTurn: InTurn = async (work) => {
    place.isReady = true
    await waitForTurn(place)
    try {
      return await work(() => keep(place, LEASE_MS))
    } finally {
      place.isReady = false
      keep(place, DATABASE_LEASE_MS)
    }
  }
  try {
    return await job(inTurn)
  } finally {
    places = places.filter((other) => other !== place)
  }
}
