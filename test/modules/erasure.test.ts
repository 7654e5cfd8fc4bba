import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { anyone, type Employee, employee, newId, PASSWORD } from '../support/api.ts'
import { values, write } from '../support/database.ts'
import { databaseThat } from '../support/proxied.ts'

const erase = (who: Employee, password = PASSWORD) => who.send('DELETE', '/v1/users/me', { password })

/** Where in the database a text occurs: `table.column`, of every table and every column. */
const placesOf = async (text: string): Promise<string[]> => {
  const columns = await values(sql`
    SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'`)
  const searches = columns.map(
    ([table, column]) => sql`SELECT ${`${table}.${column}`} WHERE EXISTS (
      SELECT 1 FROM ${sql.identifier(String(table))} WHERE instr(${sql.identifier(String(column))}, ${text}))`,
  )
  const found: string[] = []
  // SQLite joins at most 500 selects.
  for (let i = 0; i < searches.length; i += 100) {
    const rows = await values(sql.join(searches.slice(i, i + 100), sql` UNION ALL `))
    found.push(...rows.map(([place]) => String(place)))
  }
  return found
}

/** Leaves something in every table that has a user. */
const liveOn = async (who: Employee) => {
  await who.overspends()
  const { id: categoryId } = await who.sorts()
  await who.delete(`/v1/categories/${categoryId}`)
  await who.earns()
  await who.imports()
  await who.deletes('/v1/expenses')
  const { id: planId } = await who.plans()
  await write(sql`INSERT INTO plan_exceptions (user_id, plan_id, due, skipped)
    VALUES (${who.user.id}, ${planId}, '2026-11-30', TRUE)`)
  await who.post('/v1/expenses', { amount: 1 }, { headers: { 'Idempotency-Key': newId() } })
  await anyone.post('/v1/auth/refresh', { refreshToken: who.session.refreshToken })
  await who.logInAgain()
  await who.makesToken()
  await write(sql`INSERT INTO company_logins (user_id, issuer, subject, linked_at)
    VALUES (${who.user.id}, 'https://login.company.example', ${newId()}, 1)`)
  await anyone.post('/v1/auth/login', { username: who.user.username, password: 'not the password' })
  await anyone.post('/v1/auth/password-resets', { email: who.user.email })
}

describe('erasing an account', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
    await liveOn(amina)
  })

  it('wants the password, and does nothing without it', async () => {
    const before = await amina.get('/v1/expenses')
    expect(await erase(amina, 'not the password')).toBeFaultAt('/password', 'wrong_password')
    expect(await amina.send('DELETE', '/v1/users/me', {})).toBeFaultAt('/password', 'required')
    expect((await amina.get('/v1/expenses')).body).toEqual(before.body)
  })

  it('leaves no row of any table with the id, and every row of a colleague', async () => {
    const bruno = await employee()
    await liveOn(bruno)
    const tables = await values(sql`SELECT DISTINCT tables.name FROM sqlite_schema AS tables,
      pragma_table_info(tables.name) AS columns WHERE columns.name = 'user_id'`)
    const places = await placesOf(amina.user.id)
    expect(places.sort()).toEqual(
      [
        ...tables.map(([table]) => `${table}.user_id`),
        'login_failures.account',
        'password_resets.account',
        'users.id',
      ].sort(),
    )
    const colleague = (await bruno.get('/v1/users/me/export')).body

    const other = await amina.logInAgain()
    const script = await amina.script('read')
    expect((await erase(amina)).status).toBe(204)

    expect(await placesOf(amina.user.id)).toEqual([])
    expect(await placesOf(amina.user.username)).toEqual([])
    expect((await bruno.get('/v1/users/me/export')).body).toEqual({ ...colleague, exportedAt: expect.any(String) })
    for (const session of [amina, other]) {
      expect(await session.get('/v1/users/me')).toBeProblem('invalid_token')
      const { refreshToken } = session.session
      expect(await anyone.post('/v1/auth/refresh', { refreshToken })).toBeProblem('invalid_refresh_token')
    }
    expect(await script.get('/v1/expenses')).toBeProblem('invalid_token')
    const { username, email } = amina.user
    expect(await anyone.post('/v1/auth/login', { username, password: PASSWORD })).toBeProblem('invalid_credentials')
    const again = await anyone.post('/v1/auth/register', { username, email, password: PASSWORD })
    expect([again.status, again.body.user.id === amina.user.id]).toEqual([201, false])
  })

  it('of a large account lets others write meanwhile: it is done in steps', async () => {
    const bruno = await employee()
    await write(sql`INSERT INTO incomes (user_id, id, amount, currency, base_amount, base_currency, date, created_at, updated_at)
      WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 5001)
      SELECT ${bruno.user.id}, 'i' || value, 1, 'USD', 1, 'USD', '2026-11-23', 1, 1 FROM n`)
    const { settings, calls } = databaseThat('pass')
    const body = { password: PASSWORD }
    expect((await bruno.at(settings).send('DELETE', '/v1/users/me', body)).status).toBe(204)
    expect(await calls()).toBe(3)
    expect(await placesOf(bruno.user.id)).toEqual([])
  })
})
