/** Replaces Zod's reader of JSON Schema in the bundle (see wrangler.toml): it takes a millisecond when an isolate starts, and nothing calls it. */
export const fromJSONSchema = undefined
