/** `npm test`: runs Vitest with these arguments and keeps its temporary files inside the project. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { isolatedEnv } from './isolated-env.ts'
import { root } from './root.ts'

const folder = join(root, '.data/test')
const args = ['run', '--config', 'test/vitest.config.ts', ...process.argv.slice(2)]
const { status } = spawnSync('vitest', args, { cwd: root, stdio: 'inherit', env: isolatedEnv(folder) })
rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
process.exitCode = status ?? 1
