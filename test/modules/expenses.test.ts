import { describe, expect, it } from 'vitest'
import { employee } from '../support/api.ts'

describe('an expense', () => {
  it('is recorded and found again', async () => {
    const amina = await employee()
    const created = await amina.post('/v1/expenses', { amount: 1299, date: '2026-11-23', merchant: 'Chez Paul' })
    expect(created.status).toBe(201)
    const found = await amina.get(created.headers.get('Location') ?? '')
    expect(found.body).toEqual(created.body)
  })
})
