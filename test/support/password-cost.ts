import type { Cost } from '../../src/modules/auth/scrypt.ts'

/**
 * Stands for src/modules/auth/password-cost.ts in the tests that run in workerd: see test/vitest.config.ts. They hash
 * some 400 passwords, which would be half of the time of the suite. N alone is smaller: the code is the same.
 */
export const CURRENT: Cost = { ln: 8, r: 8, p: 5 }
