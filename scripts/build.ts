/**
 * Generates what the Worker needs besides its code: the OpenAPI document, /llms.txt, the files of /apidocs, and the lists
 * of common passwords and of time zones. With `--check` it only fails if the committed document is not the one that the code
 * generates.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { dictionary } from '@zxcvbn-ts/language-common'
import timeZoneData from 'tzdata' with { type: 'json' }
import { createApp } from '../src/app.ts'
import { openApiDocument } from '../src/http/document.ts'
import { tags } from '../src/modules.ts'
import { page, policy } from './apidocs.ts'
import { llmsTxt } from './llms.ts'
import { root } from './root.ts'

/** The size of the list. Passwords shorter than MIN_LENGTH are refused anyway. */
const COMMON_PASSWORDS = 5_000
const MIN_LENGTH = 8

const generated = openApiDocument(createApp(), tags)
const document = `${JSON.stringify(generated, null, 2)}\n`
const committed = join(root, 'openapi.json')

/** Writes a file only if its content changes, so that watchers do not rebuild for nothing. */
const writeIfChanged = (path: string, content: string) => {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeFileSync(path, content)
}

const build = () => {
  const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const assets = join(root, '.build/public/apidocs/swagger-ui-dist')
  mkdirSync(assets, { recursive: true })
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']) {
    copyFileSync(join(swaggerUi, name), join(assets, name))
  }
  writeIfChanged(join(root, '.build/public/apidocs/index.html'), page)
  copyFileSync(join(root, 'scripts/apidocs.css'), join(root, '.build/public/apidocs/style.css'))
  writeIfChanged(join(root, '.build/apidocs-policy.txt'), policy)
  writeIfChanged(join(root, '.build/public/openapi.json'), document)
  writeIfChanged(join(root, '.build/public/llms.txt'), llmsTxt(generated))
  writeIfChanged(committed, document)

  const common = dictionary['passwords-common'].filter((password) => password.length >= MIN_LENGTH)
  writeIfChanged(join(root, '.build/common-passwords.txt'), `\n${common.slice(0, COMMON_PASSWORDS).join('\n')}\n`)

  // `Factory` is what a machine has whose zone was never set.
  const timeZones = Object.keys(timeZoneData.zones).filter((name) => name !== 'Factory')
  writeIfChanged(join(root, '.build/time-zones.txt'), timeZones.join('\n'))
}

const check = () => {
  if (readFileSync(committed, 'utf8') === document) return
  console.error('openapi.json is not what the code makes: run `npm run build` and commit it.')
  process.exitCode = 1
}

if (process.argv.includes('--check')) check()
else build()
