import type { Cost } from './scrypt.ts'

/** N = 2^14, r = 8, p = 5: one of the settings for scrypt in OWASP's Password Storage Cheat Sheet. */
export const CURRENT: Cost = { ln: 14, r: 8, p: 5 }
