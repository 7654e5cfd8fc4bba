/**
 * Fails where a package is known to be vulnerable or is not what its registry has signed, and where the lock file does
 * not pin the content of one. Where the registry does not answer, it only says so.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

/** How long npm may take to ask, in milliseconds. */
const TIMEOUT_MS = 60_000

const fail = (complaint: string) => {
  console.error(complaint)
  process.exitCode = 1
}

/** The answer to `npm audit` with these arguments, or why there is none. */
const ask = (args: string[]) => {
  const options = { cwd: root, encoding: 'utf8' as const, timeout: TIMEOUT_MS }
  const { status, stdout } = spawnSync('npm', ['audit', ...args, '--json', '--fetch-retries=0'], options)
  try {
    const { error, message = error?.summary, ...findings } = JSON.parse(stdout)
    return { isClean: status === 0, findings, failure: error && (message ?? error.code) }
  } catch {
    return { isClean: false, findings: {}, failure: 'no answer in time' }
  }
}

const audit = (what: string, args: string[]) => {
  const { isClean, findings, failure } = ask(args)
  const command = ['npm', 'audit', ...args].join(' ')
  if (failure) console.warn(`\n*** ${what} WERE NOT CHECKED: \`${command}\` says "${failure}" ***\n`)
  else if (!isClean) fail(`${command}: ${JSON.stringify(findings, null, 2)}`)
}

type Locked = { integrity?: string; resolved?: string; link?: boolean }

const checkLockFile = () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  for (const [name, { integrity, resolved, link }] of Object.entries<Locked>(packages)) {
    // A package of this project, and the link to it.
    if (link || !name.includes('node_modules/')) continue
    if (!integrity) fail(`package-lock.json: ${name} has no integrity.`)
    if (resolved) fail(`package-lock.json: ${name} names a host, which .npmrc rules out.`)
  }
}

checkLockFile()
audit('KNOWN VULNERABILITIES', ['--omit=dev'])
audit('THE SIGNATURES OF PACKAGES', ['signatures'])
