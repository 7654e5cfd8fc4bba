/** Bundles the Worker as a deployment would, and fails where it is larger than a Worker should be. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { contained } from './contained.ts'
import { root } from './root.ts'

const MAX_KIB = 1024

const env = contained(join(root, '.data/bundle'))
const output = execFileSync('wrangler', ['deploy', '--dry-run'], { cwd: root, encoding: 'utf8', env })
const [, size] = /gzip: ([\d.]+) KiB/.exec(output) ?? []
console.log(`The bundle has ${size} KiB (gzip); it may have ${MAX_KIB}.`)
if (!(Number(size) <= MAX_KIB)) process.exitCode = 1
