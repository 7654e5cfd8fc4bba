/** The one place that asks what time it is: milliseconds since 1970-01-01T00:00:00Z. */
export const now = (): number => Date.now()

/** RFC 3339 in UTC with milliseconds, `2026-11-23T09:30:00.000Z`, as every instant leaves the API. */
export const toInstant = (milliseconds: number): string => new Date(milliseconds).toISOString()
