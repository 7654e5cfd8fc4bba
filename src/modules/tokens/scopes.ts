import { SCOPES, type Scope } from '../../http/api-token.ts'

/** Scopes as they are stored: a bit for each, in the order of SCOPES. */
export const toBits = (scopes: Scope[]): number =>
  SCOPES.reduce((bits, scope, i) => bits | (scopes.includes(scope) ? 1 << i : 0), 0)

/** The scopes that are stored so. */
export const fromBits = (bits: number): Scope[] => SCOPES.filter((_, i) => bits & (1 << i))
