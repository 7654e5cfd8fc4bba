import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOf } from '../../scripts/lock.ts'
import { install } from './installation.ts'

const password = 'correct horse battery staple'

describe('npm run dev, in a clone', () => {
  let outlay: Awaited<ReturnType<typeof install>>
  beforeAll(async () => {
    outlay = await install()
  })
  afterAll(() => outlay.remove())

  const call = async (method: string, path: string, body?: object, token?: string) => {
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }
    const response = await fetch(`${outlay.url}${path}`, { method, headers, body: body ? JSON.stringify(body) : null })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }

  it('keeps an expense over a restart, and leaves no process behind', async () => {
    const first = await outlay.start()
    const user = { username: 'amina', email: 'amina@example.com', password }
    const registered = await call('POST', '/v1/auth/register', user)
    expect(registered.status).toBe(201)
    const expense = await call('POST', '/v1/expenses', { amount: 1299 }, registered.body.accessToken)
    expect(expense.status).toBe(201)
    await first.stop('SIGINT')
    expect(await outlay.isListening()).toBe(false)

    expect(await outlay.interrupt()).toBe(0)
    expect(await outlay.isListening()).toBe(false)

    const second = await outlay.start()
    const { body } = await call('POST', '/v1/auth/login', { username: 'amina', password })
    const other = await outlay.run('node', ['scripts/dev.ts'], { PORT: '', DB_PORT: '' })
    expect(other).toMatchObject({ code: 1, output: expect.stringContaining('PORT must be a port') })
    const found = await call('GET', `/v1/expenses/${expense.body.id}`, undefined, body.accessToken)
    const { budget: _, ...recorded } = expense.body
    expect(found.body).toEqual(recorded)
    await second.stop('SIGTERM')
    expect(await outlay.isListening()).toBe(false)
  })

  it('starts its database again when that dies, and the next run tells what one that was killed has left', async () => {
    const run = await outlay.start()
    const { sqld: first = 0 } = outlay.pids()
    process.kill(first, 'SIGKILL')
    await run.prints('The database has ended by itself (SIGKILL): it is started again.')
    await run.prints('The database runs again')
    expect((await call('GET', '/readyz')).status).toBe(200)

    const { 'the run': owner = 0, sqld = 0, 'wrangler dev': wrangler = 0 } = outlay.pids()
    process.kill(owner, 'SIGKILL')
    await run.ended
    const refused = await outlay.run('node', ['scripts/dev.ts'])
    expect(refused).toEqual({
      code: 1,
      output: expect.stringMatching(
        `^A run that was killed has left behind wrangler dev \\(PID ${wrangler}\\) and sqld \\(PID ${sqld}\\)\\. `,
      ),
    })
    for (const pid of [sqld, wrangler]) process.kill(pid, 'SIGTERM')
    // They listen no more before they have ended.
    while ([sqld, wrangler].some(startOf)) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await outlay.interrupt()).toBe(0)
  })

  it('made .dev.vars with a secret of its own', () => {
    expect(readFileSync(join(outlay.folder, '.dev.vars'), 'utf8')).toMatch(/^JWT_SECRET=[\w-]{43}$/m)
    expect(existsSync(join(outlay.folder, '.data'))).toBe(true)
  })

  it.each(['PORT', 'DB_PORT'])('says in one line that the port of %s is in use', async (name) => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const { code, output } = await outlay.run('node', ['scripts/dev.ts'], { [name]: String(port) })
    server.close()
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toEqual([expect.stringContaining(`Port ${port},`)])
    expect(output).toContain(`set ${name}`)
  })
})
