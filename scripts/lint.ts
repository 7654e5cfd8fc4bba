/** Lints openapi.json with the strictest rules that Redocly recommends. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { isolatedEnv } from './isolated-env.ts'
import { root } from './root.ts'

const args = ['lint', 'openapi.json', '--extends', 'recommended-strict']
const env = isolatedEnv(join(root, '.data/lint'))
const { status } = spawnSync('redocly', args, { cwd: root, stdio: 'inherit', env })
process.exitCode = status ?? 1
