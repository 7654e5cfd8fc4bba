/**
 * Fails where openapi.json differs from scripts/released-openapi.json, the document of the last release, and CHANGELOG.md
 * does not say so under [Unreleased].
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { differences, untold } from './differences.ts'
import { root } from './root.ts'

const found = differences(join(root, 'scripts/released-openapi.json'), join(root, 'openapi.json'))
for (const { what, isBreaking, names } of untold(found, readFileSync(join(root, 'CHANGELOG.md'), 'utf8'))) {
  const entry = isBreaking ? 'an entry of CHANGELOG.md that begins with **Breaking:**' : 'an entry of CHANGELOG.md'
  console.error(
    `openapi.json: ${what} Under [Unreleased], ${entry} must name ${names.map((name) => `\`${name}\``).join(' or ')}.`,
  )
  process.exitCode = 1
}
