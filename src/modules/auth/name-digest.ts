import type { Config } from '../../config.ts'
import { digest } from '../../shared/digest.ts'

/**
 * Under what is counted what is tried with a name that nobody has, and what is mailed to an address: one of 262,144
 * digests, which bounds what is stored. It is keyed, so that nobody can find two names that share one, use up the count of
 * the one, and see by the other whether somebody has it.
 */
export const digestOfName = ({ signingKeys: [key] }: Pick<Config, 'signingKeys'>, name: string): Promise<string> =>
  digest(new Uint8Array([...key, ...new TextEncoder().encode(name)]), 3)
