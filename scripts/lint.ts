/** Holds openapi.json against the strictest rules that Redocly recommends. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { contained } from './contained.ts'
import { root } from './root.ts'

const args = ['lint', 'openapi.json', '--extends', 'recommended-strict']
const env = contained(join(root, '.data/lint'))
const { status } = spawnSync('redocly', args, { cwd: root, stdio: 'inherit', env })
process.exitCode = status ?? 1
