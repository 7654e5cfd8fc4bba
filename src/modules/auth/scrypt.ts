import { isQuiet } from '../../http/request-log.ts'

/** The cost of a hash, in the names of RFC 7914: N = 2^ln. */
export type Cost = { ln: number; r: number; p: number }

/** The length of a key, in bytes. */
export const KEY_LENGTH = 32
const MAX_MEMORY = 64 * 1024 * 1024
/** How many blocks are mixed in a row: some two milliseconds of work or, in a quiet isolate, four times that. */
const [SLICE_BLOCKS, QUIET_SLICES] = [1024, 4]
/** How long other requests of the isolate get the thread in between: enough to answer one. */
const PAUSE_MS = 2

/** Of the Workers runtime. */
declare const scheduler: { wait(milliseconds: number): Promise<void> }

const done = Promise.resolve()
let blocks = 0

/** What the library awaits after every block: every so often, a pause in which the isolate does its other work. */
const yieldControl = () => {
  if (++blocks % SLICE_BLOCKS !== 0) return done
  if (!isQuiet()) return scheduler.wait(PAUSE_MS)
  return blocks % (SLICE_BLOCKS * QUIET_SLICES) === 0 ? scheduler.wait(0) : done
}

/**
 * The key of 32 bytes that scrypt (RFC 7914) derives, computed in slices: workerd has one thread, and its own
 * `node:crypto` would hold that up for the whole time. `onProgress` is called once in a while.
 *
 * The library yields when its clock says that a slice is over, by `scheduler.yield`. But in production the clock stands
 * still during a computation, and workerd has no `scheduler.yield`. So it is told to yield after every block, and finds
 * one that counts blocks.
 */
export const scrypt = async (
  password: string,
  salt: Uint8Array,
  { ln, r, p }: Cost,
  onProgress: () => void,
): Promise<Uint8Array> => {
  // Loaded when the first password is hashed, so that it does not slow down the start of an isolate.
  const { scryptAsync } = await import('@noble/hashes/scrypt.js')
  Object.assign(scheduler, { yield: yieldControl })
  return scryptAsync(password, salt, {
    N: 2 ** ln,
    r,
    p,
    dkLen: KEY_LENGTH,
    maxmem: MAX_MEMORY,
    asyncTick: 0,
    onProgress,
  })
}
