/** The current time in milliseconds since 1970-01-01T00:00:00Z. Nothing else reads the clock. */
export const now = (): number => Date.now()

/** RFC 3339 in UTC with milliseconds, as in every answer: `2026-11-23T09:30:00.000Z`. */
export const toInstant = (milliseconds: number): string => new Date(milliseconds).toISOString()
