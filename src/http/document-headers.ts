/** A header in the document. */
export const headerWithExample = (description: string, value: string, required = true) => ({
  description,
  required,
  schema: { type: 'string' as const, examples: [value] },
})

/** The `RateLimit-Policy` in the document: of the successes of a route with quotas, and of any problem. */
export const policyHeader = (example: string, required: boolean) =>
  headerWithExample(
    'The quotas of the route: `q` requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers-11)',
    example,
    required,
  )
