import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JWK } from 'jose'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../scripts/migrations.ts'
import { root } from '../../scripts/root.ts'
import { freePort, startSqld } from '../../scripts/sqld.ts'
import { startIssuers } from './issuer-server.ts'
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
    /** Where issuers of OpenID Connect are, and the private key of the one of all tests: see issuer-server.ts. */
    issuerUrl: string
    companyKey: JWK
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
  const issuers = await startIssuers()
  project.provide('issuerUrl', issuers.url)
  project.provide('companyKey', issuers.key)
  return async () => {
    issuers.stop()
    mails.stop()
    proxy.stop()
    await sqld.stop()
    rmSync(dataDir, { recursive: true })
  }
}
