import { exports } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { type Employee, employee, newId } from '../support/api.ts'

const path = '/v1/expenses/batch'

/** Sends a batch, and goes away after some milliseconds. */
const sendAndLeave = async ({ token }: Employee, body: object, headers: Record<string, string>, afterMs: number) => {
  const controller = new AbortController()
  const request = new Request(`https://outlay.example${path}`, {
    method: 'POST',
    signal: controller.signal,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  setTimeout(() => controller.abort(), afterMs)
  await exports.default
    .fetch(request)
    .then((response) => response.text())
    .catch(() => {})
}

it('does all or nothing of what a client sends that disconnects, and all of it once when it is sent again', async () => {
  const amina = await employee()
  const batches = Array.from({ length: 16 }, (_, afterMs) => {
    const merchant = newId()
    const put = [1, 2, 3].map((amount) => ({ id: newId(), amount, date: '2026-11-01', merchant }))
    return { afterMs, merchant, headers: { 'Idempotency-Key': newId() }, body: { put } }
  })
  const countOf = async (merchant: string) => (await amina.get(`/v1/expenses?q=${merchant}`)).body.data.length

  for (const { merchant, body, headers, afterMs } of batches) {
    await sendAndLeave(amina, body, headers, afterMs)
    expect([0, 3]).toContain(await countOf(merchant))
  }
  for (const { merchant, body, headers } of batches) {
    expect((await amina.post(path, body, { headers })).status).toBe(200)
    expect(await countOf(merchant)).toBe(3)
  }
  expect((await amina.get('/v1/months/2026-11')).body.spent).toBe(batches.length * 6)
})
