/** Bundles the Worker as a deployment does, and fails if the bundle is larger than MAX_KIB. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { isolatedEnv } from './isolated-env.ts'
import { root } from './root.ts'

/** Room for a quarter more code, but not for the parts of Zod that nothing uses: see src/http/no-z.ts. */
const MAX_KIB = 256

const env = isolatedEnv(join(root, '.data/bundle'))
const output = execFileSync('wrangler', ['deploy', '--dry-run'], { cwd: root, encoding: 'utf8', env })
const [, size] = /gzip: ([\d.]+) KiB/.exec(output) ?? []
console.log(`The bundle has ${size} KiB (gzip) of at most ${MAX_KIB}.`)
if (!(Number(size) <= MAX_KIB)) process.exitCode = 1
