/** The current time in milliseconds since 1970-01-01T00:00:00Z. Nothing else reads the clock. */
export const now = (): number => Date.now()

/** RFC 3339 in UTC with milliseconds, as in every answer: `2026-11-23T09:30:00.000Z`. */
export const toInstant = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** An HTTP-date (RFC 9110), as in some headers: `Mon, 23 Nov 2026 09:30:00 GMT`. */
export const toHttpDate = (milliseconds: number): string => new Date(milliseconds).toUTCString()
