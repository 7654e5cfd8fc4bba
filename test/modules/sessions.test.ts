import { describe, expect, it } from 'vitest'
import { newSession } from '../../src/modules/sessions/queries.ts'
import { anyone, type Employee, employee, newId, PASSWORD } from '../support/api.ts'

const idsOf = async (who: Employee) =>
  (await who.get('/v1/auth/sessions')).body.data.map(({ id }: { id: string }) => id)

describe('sessions', () => {
  it('are listed newest first, and the one of the request is marked', async () => {
    const amina = await employee()
    const headers = { 'User-Agent': `Phone/1 ${'x'.repeat(300)}` }
    const { body: phone } = await anyone.post(
      '/v1/auth/login',
      { username: amina.user.username, password: PASSWORD },
      { headers },
    )
    expect(phone.tokenType).toBe('Bearer')
    const { body } = await amina.get('/v1/auth/sessions')
    expect(body.data.map(({ current }: { current: boolean }) => current)).toEqual([false, true])
    expect(body.data[0].userAgent).toBe(headers['User-Agent'].slice(0, 255))
    expect(body.nextCursor).toBeNull()
  })

  it('take the name of a client whose emoji would be cut in two', () => {
    const { userAgent } = newSession(newId(), `${'x'.repeat(254)}😀`)
    expect(userAgent?.isWellFormed()).toBe(true)
    expect(userAgent).toMatch(/^x{254}/)
  })

  it('are paged', async () => {
    const amina = await employee()
    await amina.logInAgain()
    await amina.logInAgain()
    const all = await idsOf(amina)
    const first = await amina.get('/v1/auth/sessions?limit=2')
    const second = await amina.get(`/v1/auth/sessions?limit=2&cursor=${first.body.nextCursor}`)
    expect([...first.body.data, ...second.body.data].map(({ id }) => id)).toEqual(all)
    expect(second.body.nextCursor).toBeNull()
    expect(await amina.get('/v1/auth/sessions?cursor=bm9uc2Vuc2U')).toBeFaultAt('/cursor', 'invalid_cursor', 'query')
  })

  it('end one by one', async () => {
    const amina = await employee()
    const phone = await amina.logInAgain()
    const [newest] = await idsOf(amina)
    expect((await amina.delete(`/v1/auth/sessions/${newest}`)).status).toBe(204)
    expect(await phone.get('/v1/users/me')).toBeProblem('invalid_token')
    expect(await amina.delete(`/v1/auth/sessions/${newest}`)).toBeProblem('session_not_found')
    expect(await amina.delete(`/v1/auth/sessions/${newId()}`)).toBeProblem('session_not_found')
  })

  it('end all at once, but for the one of the request', async () => {
    const amina = await employee()
    const others = [await amina.logInAgain(), await amina.logInAgain()]
    expect((await amina.delete('/v1/auth/sessions')).status).toBe(204)
    for (const other of others) expect(await other.get('/v1/users/me')).toBeProblem('invalid_token')
    expect(await idsOf(amina)).toHaveLength(1)
  })

  it('end by a logout', async () => {
    const amina = await employee()
    const phone = await amina.logInAgain()
    expect((await amina.post('/v1/auth/logout')).status).toBe(204)
    expect(await amina.post('/v1/auth/logout')).toBeProblem('invalid_token')
    expect((await phone.get('/v1/users/me')).status).toBe(200)
  })
})
