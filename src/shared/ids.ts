import { v7 } from 'uuid'

/** A new UUIDv7 in lower case. Later ids sort after earlier ones. */
export const newId = (): string => v7()

/** The first 24 characters of a UUIDv7 made at `at`, with its time. 12 hexadecimal digits complete it. */
export const newIdStart = (at: number): string => v7({ msecs: at }).slice(0, 24)
