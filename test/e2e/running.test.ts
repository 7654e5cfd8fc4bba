import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import document from '../../openapi.json' with { type: 'json' }
import { root } from '../../scripts/root.ts'
import { install } from './installation.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const hasChromium = existsSync(CHROMIUM)

if (!hasChromium) {
  process.stderr.write(
    `\n*** THE BROWSER TEST DID NOT RUN: there is no ${CHROMIUM} (apt-get install -y chromium, or set CHROMIUM) ***\n\n`,
  )
}

const PASSWORD = 'correct horse battery staple'

/** What follows each program of the README on typed clients: what it has seen, and what must not compile. */
const CHECKS: Record<string, string> = {
  'openapi-fetch.ts': `
const refused = await client.POST('/v1/expenses', { body: { amount: 0 } })
const amount: number | undefined = data?.amount
export const seen = { amount, code: error?.code, fault: refused.error?.errors?.[0]?.pointer }
// @ts-expect-error The amount is a number.
void (() => client.POST('/v1/expenses', { body: { amount: '12.99' } }))
// @ts-expect-error There is no such order.
void (() => client.GET('/v1/expenses', { params: { query: { sort: 'merchant' } } }))
`,
  'hey-api.ts': `
import { listExpenses } from './outlay'
const refused = await createExpense({ body: { amount: 0 } })
const amount: number | undefined = data?.amount
export const seen = { amount, code: error?.code, fault: refused.error?.errors?.[0]?.pointer }
// @ts-expect-error The amount is a number.
void (() => createExpense({ body: { amount: '12.99' } }))
// @ts-expect-error There is no such order.
void (() => listExpenses({ query: { sort: 'merchant' } }))
`,
  'orval.ts': `
import { listExpenses } from './orval-client.ts'
const refused = await createExpense({ amount: 0 }, undefined, { headers })
const amount: number | undefined = status === 201 ? data.amount : undefined
export const seen = {
  amount,
  code: status === 201 ? undefined : data.code,
  fault: refused.status === 422 ? refused.data.errors[0]?.pointer : undefined,
}
// @ts-expect-error The amount is a number.
void (() => createExpense({ amount: '12.99' }))
// @ts-expect-error There is no such order.
void (() => listExpenses({ sort: 'merchant' }))
`,
}

/** What the loop of the README takes for granted. */
const PRELUDE = `
let API = process.argv[2]
let session = {}, cursor
const [queue, copy, conflicts] = [[], new Map(), []]
const refused = (write, { code }) => conflicts.push(code)
`

/** What somebody does offline, and sends twice. */
const OFFLINE = `
const user = { username: 'dario', email: 'dario@example.com', password: '${PASSWORD}' }
session = (await call({ method: 'POST', path: '/v1/auth/register', body: user })).body
const path = '/v1/expenses/0198c5d2-7b3e-7c4a-9f60-3d1f8a2b4c5e'
enqueue('PUT', path, { amount: 1299, date: '2026-11-23' })
enqueue('POST', '/v1/expenses', { amount: 5 })
enqueue('PATCH', path, { amount: 1 }, { 'If-Match': '"0"' })
queue.push(...queue)
const kept = []
const tries = async (change) => {
  const before = { API, session }
  change()
  await push()
  kept.push(queue.length)
  ;({ API, session } = before)
}
await tries(() => { API = 'http://127.0.0.1:9' })
await tries(() => { session = { accessToken: 'expired', refreshToken: 'of nobody' } })
const { refreshToken } = session
session = { ...session, accessToken: 'expired' }
const me = { method: 'GET', path: '/v1/users/me' }
const renewed = await Promise.all([call(me), call(me), call(me)])
await push()
cursor = 'of another database'
await pull()
await pull()
const expenses = [...copy].filter(([key]) => key.startsWith('expense ')).map(([, held]) => held)
const hasTag = expenses.every(({ etag }) => /^"[0-9a-f]{12}-\\d+"$/.test(etag))
console.log(JSON.stringify({
  amounts: expenses.map(({ data }) => data.amount),
  kept,
  renewed: renewed.map(({ status }) => status),
  isRotated: session.refreshToken !== refreshToken,
  waiting: queue.length,
  conflicts,
  hasTag,
}))
`

/** What differs from run to run, made equal. */
const withoutIds = (text: string) =>
  text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>')

const readme = readFileSync(join(root, 'README.md'), 'utf8')

describe('a running Outlay', () => {
  let outlay: Awaited<ReturnType<typeof install>>
  let server: Awaited<ReturnType<typeof outlay.start>>
  beforeAll(async () => {
    outlay = await install()
    server = await outlay.start()
  })
  afterAll(async () => {
    await server.stop('SIGTERM')
    await outlay.remove()
  })

  describe('in the typed clients of the README', () => {
    let folder: string
    const sourceOf = (name: string) => readFileSync(join(folder, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')

    beforeAll(async () => {
      folder = join(outlay.folder, 'test/clients')
      const user = { username: 'bruno', email: 'bruno@example.com', password: PASSWORD }
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(user) }
      const registered = await fetch(`${outlay.url}/v1/auth/register`, init)
      const { accessToken } = JSON.parse(await registered.text())
      const [, section = ''] = /## A typed client\n([\s\S]*?)\n## /.exec(readme) ?? []
      const blocks = section.replaceAll('http://localhost:8787', outlay.url)
      for (const [, name = '', code = ''] of blocks.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)) {
        const token = name in CHECKS ? `const accessToken = '${accessToken}'\n` : ''
        writeFileSync(join(folder, name), `${token}${code}${CHECKS[name] ?? ''}`)
      }
      const commands = [...blocks.matchAll(/^npx (.*)$/gm)].map(([, command = '']) => command)
      expect(commands).toHaveLength(3)
      const PATH = `${join(root, 'test/clients/node_modules/.bin')}:${process.env.PATH}`
      const generated = await outlay.run('bash', ['-ec', ['cd test/clients', ...commands].join('\n')], { PATH })
      expect(generated.code, generated.output).toBe(0)
    })

    it('has a type for everything', () => {
      const headers = '[name: string]: unknown;'
      expect(sourceOf('schema.ts').replaceAll(headers, '')).not.toMatch(/\b(unknown|any)\b/)
      // That no 204 has a body, hey-api knows; of a 202 without one it does not.
      expect(sourceOf('outlay/types.gen.ts').replaceAll('202: unknown;', '')).not.toMatch(/\b(unknown|any)\b/)
      expect(sourceOf('orval-client.ts')).not.toMatch(/\b(unknown|any)\b/)
    })

    it('compiles strictly', async () => {
      expect(await outlay.run('tsc', ['-p', 'test/clients'])).toEqual({ code: 0, output: '' })
      const inexact = ['--strict', '--noUncheckedIndexedAccess', '--noEmit', '--module', 'esnext', '--types', 'node']
      const program = ['--ignoreConfig', '--moduleResolution', 'bundler', 'test/clients/hey-api.ts']
      expect(await outlay.run('tsc', [...inexact, ...program])).toEqual({ code: 0, output: '' })
    })

    it.each(Object.keys(CHECKS))('runs: %s', async (name) => {
      const { seen } = await import(join(folder, name))
      expect(seen).toEqual({ amount: 1299, code: undefined, fault: '/amount' })
    })

    it('lives a month', async () => {
      const { output } = await outlay.run('node', ['test/clients/month.ts', outlay.url])
      expect(output.split('\n')).toEqual([
        '2 expenses wait for a network',
        'All: $1,165.00 left',
        'Food: $65.00 left (80 % reached)',
        'All: $265.00 left (80 % reached)',
        'Changed elsewhere: the note is "For the party"',
        '3 calls, 1 renewal',
        'All: $1,310.00 of $1,500.00, alert',
        'Food: $410.00 of $400.00, over',
        'Landlord: $900.00',
        'Market: $410.00',
        'Food has reached 100 %',
        'All spending has reached 80 %',
        'Food has reached 80 %',
        '',
      ])
    })
  })

  it('prints what the README says of a first session', async () => {
    const [, session = ''] = /```console\n([\s\S]*?)```/.exec(readme) ?? []
    const [commands, printed] = [/^\$ (.*)$/gm, /^[^$].*$/gm].map((lines) => session.match(lines) ?? [])
    const script = (commands ?? []).map((line) => line.slice(2).replace('http://localhost:8787', outlay.url))
    const { output } = await outlay.run('bash', ['-ec', script.join('; echo; ')])
    expect(withoutIds(output).match(/^.+$/gm)).toEqual(printed?.map(withoutIds))
    expect(printed).toHaveLength(7)
  })

  it('writes a mail to files, and prints their paths', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ email: 'amina@example.com' })
    await fetch(`${outlay.url}/v1/auth/password-resets`, { method: 'POST', headers, body })
    const path = await server.prints(/Text: (\S+\.txt)\s/)
    expect(readFileSync(path ?? '', 'utf8')).toMatch(/^http:\/\/localhost:3000\/[a-z-]+#token=\w{55}$/m)
  })

  it('runs the loop that the README shows to those who go offline', async () => {
    const [, loop = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? []
    writeFileSync(join(outlay.folder, 'offline.js'), `${PRELUDE}${loop}${OFFLINE}`)
    const { output } = await outlay.run('node', ['offline.js', outlay.url])
    expect(JSON.parse(output)).toEqual({
      amounts: [1299, 5],
      kept: [6, 6],
      renewed: [200, 200, 200],
      isRotated: true,
      waiting: 0,
      conflicts: ['precondition_failed', 'precondition_failed'],
      hasTag: true,
    })
  })

  it('keeps its database from whoever has no token of this installation', async () => {
    const query = JSON.stringify({ requests: [{ type: 'execute', stmt: { sql: 'SELECT * FROM users' } }] })
    const requests = [
      ['/dump', {}],
      ['/v2/pipeline', { method: 'POST', body: query }],
      ['/v3/cursor', { method: 'POST', body: '{"batch":{"steps":[]}}' }],
      ['/dump', { headers: { Authorization: 'Bearer of.somebody.else' } }],
    ] as const
    for (const [path, init] of requests) expect((await fetch(`${outlay.databaseUrl}${path}`, init)).status).toBe(401)
  })

  describe('in Chromium', () => {
    /** A page that can reach nothing but our origin, and what went wrong on it or would have gone elsewhere. */
    const openPage = async () => {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
      const page = await browser.newPage()
      const wrong: string[] = []
      page.on('console', (message) => ['error', 'warning'].includes(message.type()) && wrong.push(message.text()))
      page.on('pageerror', (error) => wrong.push(String(error)))
      await page.route('**', (route) => {
        const url = route.request().url()
        if (url.startsWith(`${outlay.url}/`) || url.startsWith('data:')) return route.continue()
        wrong.push(`a request to ${url}`)
        return route.abort()
      })
      return { browser, page, wrong }
    }

    /** Has Swagger UI send the operation with this body, and reads the answer off the page. */
    const execute = async (page: Page, operation: string, body: object) => {
      const block = page.locator(`[id$="-${operation}"]`)
      await block.locator('.opblock-summary-control').click()
      await block.locator('textarea.body-param__text').fill(JSON.stringify(body))
      await block.locator('button.execute').click()
      const answer = block.locator('.live-responses-table .response').first()
      const status = await answer.locator('.response-col_status').textContent()
      return { status, body: JSON.parse((await answer.locator('pre').first().textContent()) ?? '') }
    }

    it.runIf(hasChromium)(
      '/apidocs lets one register, authorize and record an expense, from our origin alone',
      async () => {
        const { browser, page, wrong } = await openPage()
        await page.goto(`${outlay.url}/apidocs`)
        const user = { username: 'carla', email: 'carla@example.com', password: PASSWORD }
        const registered = await execute(page, 'register', user)
        expect(registered.status).toContain('201')

        await page.locator('button.authorize').first().click()
        await page.locator('.modal-ux input').first().fill(registered.body.accessToken)
        await page.locator('.modal-ux button.authorize').first().click()
        await page.locator('.modal-ux button.btn-done').first().click()

        const created = await execute(page, 'createExpense', { amount: 1299, merchant: 'Chez Paul' })
        expect(created.status).toContain('201')
        expect(created.body).toMatchObject({ amount: 1299, merchant: 'Chez Paul' })
        expect(wrong).toEqual([])
        await browser.close()
      },
    )

    /** Looks at /apidocs on a screen as wide as that, in pixels. */
    const lookAtDocs = async (page: Page, width: number) => {
      await page.setViewportSize({ width, height: 844 })
      await page.goto(`${outlay.url}/apidocs`)
      await page.locator('.opblock').first().waitFor()
      const widthOfAll = () => page.evaluate<number>('document.documentElement.scrollWidth')
      /** What JavaScript makes of all elements that fit the selector: it runs on the page, which TypeScript does not know. */
      const ofAll = (selector: string, script: string) =>
        page.evaluate<string[]>(`[...document.querySelectorAll('${selector}')]${script}`)
      expect(await widthOfAll()).toBe(width)

      const documented = Object.values(document.paths).flatMap((methods) => Object.values(methods))
      const inOrder = document.tags.flatMap(({ name }) => documented.filter(({ tags }) => tags[0] === name))
      expect(await ofAll('.opblock', '.map(({ id }) => id)')).toEqual(
        inOrder.map(({ tags, operationId }) => `operations-${tags[0]}-${operationId}`),
      )
      const parts = '.opblock-summary-method, .opblock-summary-path, .opblock-summary-description'
      const isClipped = `.filter((part) => {
        const { left, right, height } = part.getBoundingClientRect()
        return left < 0 || right > innerWidth || height === 0 || part.scrollWidth > Math.ceil(right - left)
      })`
      expect(await ofAll(parts, `${isClipped}.map(({ textContent }) => textContent)`)).toEqual([])
      expect(await page.locator(parts).count()).toBe(3 * documented.length)

      expect(await page.locator('.models h4').isVisible()).toBe(true)
      expect(await page.locator('.models article, .models .model-container').count()).toBe(0)

      const block = page.locator('[id$="-createExpense"]')
      await block.locator('.opblock-summary-control').click()
      const exampleOf = (status: number) => block.locator(`.response[data-code="${status}"] .highlight-code`)
      for (const status of [201, 422]) expect(await exampleOf(status).isVisible()).toBe(true)
      for (const status of [400, 401, 413, 415, 429, 500, 503]) {
        expect(await block.locator(`.response[data-code="${status}"]`).isVisible()).toBe(true)
        expect(await exampleOf(status).isVisible()).toBe(false)
      }
      expect(await widthOfAll()).toBe(width)
    }

    it.runIf(hasChromium)('/apidocs is in order and whole on a telephone and on a desk', async () => {
      const { browser, page, wrong } = await openPage()
      for (const width of [390, 1280]) await lookAtDocs(page, width)
      expect(wrong).toEqual([])
      await browser.close()
    })

    it.runIf(hasChromium)('shows nobody what a colleague has read in the same browser', async () => {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
      // A page of its own: one whose requests are watched has no cache.
      const page = await browser.newPage()
      await page.goto(`${outlay.url}/apidocs`)
      const seen = await page.evaluate(async (password) => {
        type Json = { accessToken: string; username: string }
        const call = async (path: string, init: object) => (await (await fetch(path, init)).json()) as Json
        const tokenOf = async (username: string) => {
          const body = JSON.stringify({ username, email: `${username}@example.com`, password })
          const headers = { 'Content-Type': 'application/json' }
          return (await call('/v1/auth/register', { method: 'POST', headers, body })).accessToken
        }
        const [dora, emil] = [await tokenOf('dora'), await tokenOf('emil')]
        const usernames: string[] = []
        for (const token of [dora, emil, dora]) {
          const me = await call('/v1/users/me', { headers: { Authorization: `Bearer ${token}` } })
          usernames.push(me.username)
        }
        return usernames
      }, PASSWORD)
      expect(seen).toEqual(['dora', 'emil', 'dora'])
      await browser.close()
    })
  })
})
