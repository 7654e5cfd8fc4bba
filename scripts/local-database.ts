/** The database of this installation, on this machine, which only it can read. */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SignJWT } from 'jose'
import { root } from './root.ts'
import { type Sqld, startSqld } from './sqld.ts'

/** The folder of what this installation keeps. */
export const dataDir = resolve(root, process.env.DATA_DIR ?? '.data')

const [privateKeyFile, publicKeyFile] = [join(dataDir, 'sqld.key'), join(dataDir, 'sqld.pub')]

/**
 * At 50 writes a second, this keeps the write-ahead log under 80 MB; without it, there were 286 MB after two minutes.
 * Beside it, sqld has a log for replicas, which it makes small again by itself at 200 MB.
 */
const CHECKPOINT_INTERVAL_S = 30

/** Made once per installation. sqld is reachable from every page in the browser, and answers those with a token of it. */
const privateKey = () => {
  if (!existsSync(privateKeyFile)) {
    mkdirSync(dataDir, { recursive: true })
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
    writeFileSync(privateKeyFile, pem, { mode: 0o600, flag: 'wx' })
  }
  return createPrivateKey(readFileSync(privateKeyFile))
}

/** A token that the local database accepts. It has no end: the key is of this machine alone. */
export const localToken = (): Promise<string> => new SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey())

/** Starts the local database. The caller holds the lock of `dataDir`: see lock.ts. Throws SetupError. */
export const startLocalDatabase = (port: number): Promise<Sqld> => {
  writeFileSync(publicKeyFile, createPublicKey(privateKey()).export({ type: 'spki', format: 'pem' }))
  return startSqld(port, dataDir, { publicKeyFile, checkpointIntervalS: CHECKPOINT_INTERVAL_S })
}
