/** `npm test`: Vitest, with these arguments, leaving no trace outside the project. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { contained } from './contained.ts'
import { root } from './root.ts'

const folder = join(root, '.data/test')
const args = ['run', '--config', 'test/vitest.config.ts', ...process.argv.slice(2)]
const { status } = spawnSync('vitest', args, { cwd: root, stdio: 'inherit', env: contained(folder) })
rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
process.exitCode = status ?? 1
