/** First and last calendar day that money can be recorded on, both inclusive. */
export const FIRST_DAY = '1970-01-01'
export const LAST_DAY = '2199-12-31'

/**
 * Whether `name` is a time zone of the IANA database. Fixed offsets (`+02:00`), which `Intl` also takes, are not:
 * they know no daylight saving.
 */
export const isTimeZone = (name: string): boolean => {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** How far `timeZone` is ahead of UTC at the instant `at` (milliseconds), in minutes: 330 for Asia/Kolkata. */
export const utcOffset = (timeZone: string, at: number): number => {
  const name = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value
  const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name ?? '') ?? []
  const offset = Number(hours ?? 0) * 60 + Number(minutes ?? 0)
  return sign === '-' ? -offset : offset
}
