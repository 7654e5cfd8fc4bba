import { describe, expect, it } from 'vitest'
import { isTimeZone, utcOffset } from '../../src/shared/calendar.ts'

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Paris', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('is %s', (name) => {
    expect(isTimeZone(name)).toBe(true)
  })

  it.each(['', 'Mars/Phobos', '+02:00', '-05', 'Europe/Paris ', '../etc'])('is not "%s"', (name) => {
    expect(isTimeZone(name)).toBe(false)
  })

  it.each([
    ['UTC', '2026-07-01T00:00:00Z', 0],
    ['Europe/Paris', '2026-01-01T00:00:00Z', 60],
    ['Europe/Paris', '2026-07-01T00:00:00Z', 120],
    ['Europe/Paris', '2026-03-29T00:59:59Z', 60],
    ['Europe/Paris', '2026-03-29T01:00:00Z', 120],
    ['America/New_York', '2026-11-01T05:59:59Z', -240],
    ['America/New_York', '2026-11-01T06:00:00Z', -300],
    ['Asia/Kolkata', '2026-01-01T00:00:00Z', 330],
    ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', 660],
    ['Australia/Lord_Howe', '2026-07-01T00:00:00Z', 630],
    ['Pacific/Kiritimati', '2026-01-01T00:00:00Z', 840],
    ['Pacific/Marquesas', '2026-01-01T00:00:00Z', -570],
    ['Etc/GMT+12', '2026-01-01T00:00:00Z', -720],
  ])('%s is at %s %i minutes ahead of UTC', (timeZone, at, minutes) => {
    expect(utcOffset(timeZone, Date.parse(at))).toBe(minutes)
  })
})
