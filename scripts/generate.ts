/** `npm run db:generate`: generates the migration for the changed tables, and makes new tables strict. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

const folder = join(root, 'drizzle')
const before = new Set(readdirSync(folder))

const options = ['generate', '--config', 'scripts/drizzle.config.ts', ...process.argv.slice(2)]
const { status } = spawnSync('drizzle-kit', options, { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1

// Drizzle cannot declare STRICT (types are checked) or WITHOUT ROWID (rows are stored by primary key).
for (const name of readdirSync(folder).filter((file) => file.endsWith('.sql') && !before.has(file))) {
  const path = join(folder, name)
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^\);$/gm, ') STRICT, WITHOUT ROWID;'))
  console.log(`Read drizzle/${name} before you commit it.`)
}
