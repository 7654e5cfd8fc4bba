/** Fails where a file of src/ imports one that is not in an earlier row of this list, or in its own folder. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

const LAYERS = `
  shared
  db config.ts
  http
  mail
  modules/users
  modules/sessions
  modules/tokens
  modules/auth
  modules/emails
  modules/resets
  modules/oidc
  modules/ledger
  modules/categories
  modules/budgets
  modules/plans
  modules/expenses modules/incomes
  modules/imports modules/occurrences
  modules/months
  modules/reports modules/changes modules/account modules/retention
  modules/currencies modules/health modules/problems
  jobs.ts modules.ts
  app.ts
  index.ts`

const rows = (LAYERS.match(/\S.*/g) ?? []).map((row) => row.split(' '))
const rowOf = (name: string) => rows.findIndex((row) => row.includes(name))
const nameOf = (file: string) => rows.flat().find((name) => `${file}/`.startsWith(`${name}/`)) ?? file

const importsOf = (file: string) =>
  [...readFileSync(join(root, 'src', file), 'utf8').matchAll(/\b(?:from|import)[\s(]*['"](\.[^'"]+)/g)]
    .map(([, path = '']) => join(file, '..', path))
    .filter((path) => !path.startsWith('..'))

for (const file of globSync('**/*.ts', { cwd: join(root, 'src') }).sort()) {
  for (const imported of importsOf(file)) {
    const [name, other] = [nameOf(file), nameOf(imported)]
    if (name === other || (rowOf(other) !== -1 && rowOf(other) < rowOf(name))) continue
    console.error(`src/${file} must not import src/${imported}: scripts/layers.ts has the order.`)
    process.exitCode = 1
  }
}
