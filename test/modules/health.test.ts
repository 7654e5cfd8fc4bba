import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import { databaseThat } from '../support/proxied.ts'

describe('/readyz', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([
    ['pass', 200],
    ['drop', 503],
  ] as const)('answers from one check for five seconds, where the database does: %s', async (behaviour, status) => {
    const { settings, calls } = databaseThat(behaviour)
    const isolate = { ...env, ...settings }
    const ask = async () => (await worker.fetch(new Request('https://outlay.example/readyz'), isolate)).status
    expect([await ask(), await ask()]).toEqual([status, status])
    expect(await calls()).toBe(1)
    vi.advanceTimersByTime(4999)
    expect([await ask(), await calls()]).toEqual([status, 1])
    vi.advanceTimersByTime(1)
    expect([await ask(), await calls()]).toEqual([status, 2])
  })
})
