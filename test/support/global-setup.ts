import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../scripts/migrations.ts'
import { root } from '../../scripts/root.ts'
import { freePort, startSqld } from '../../scripts/sqld.ts'
import { startMailReader } from './mail-files.ts'
import { startProxy } from './proxy.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A real libSQL server with the migrated schema, which all tests share. */
    databaseUrl: string
    /** The proxy in front of it, which counts and fails: see proxy.ts. */
    proxyUrl: string
    /** Where the mails that were written can be read: see mail-files.ts. */
    mailUrl: string
  }
}

/** Builds what the Worker needs, and starts a database for this run alone. */
export default async (project: TestProject) => {
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' })
  const dataDir = mkdtempSync(join(tmpdir(), 'outlay-test-'))
  const sqld = await startSqld(await freePort(), dataDir)
  await migrate(sqld.url)
  const proxy = await startProxy(sqld.url)
  project.provide('databaseUrl', sqld.url)
  project.provide('proxyUrl', proxy.url)
  const mails = await startMailReader()
  project.provide('mailUrl', mails.url)
  return async () => {
    mails.stop()
    proxy.stop()
    await sqld.stop()
    rmSync(dataDir, { recursive: true })
  }
}
