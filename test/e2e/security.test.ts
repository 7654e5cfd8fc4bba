import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/root.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The rows of its tables, but for their heads. */
const claims = read('SECURITY.md').match(/^\| (?!protection|---).*$/gm) ?? []

/** Whether a test file has a test, or a group of tests, with this title. */
const has = (file: string, title: string) => {
  const source = read(`test/${file}`).replaceAll(/\(\s+/g, '(')
  return source.includes(`('${title}',`) || source.includes(`("${title}",`)
}

/** Whether a claim names tests, and each is there: a file, and then its titles. */
const isFounded = (claim: string) => {
  const files = [...claim.matchAll(/`([\w/.-]+\.test\.ts)`([^`]*)/g)]
  const areThere = files.map(([, file = '', rest = '']) => {
    const titles = [...rest.matchAll(/"([^"]+)"/g)]
    return titles.length > 0 && titles.every(([, title = '']) => has(file, title))
  })
  return areThere.length > 0 && areThere.every(Boolean)
}

it('SECURITY.md names for each protection tests that there are', () => {
  expect(claims.length).toBeGreaterThan(0)
  expect(claims.filter((claim) => !isFounded(claim))).toEqual([])
})
