/** Replaces Zod's reader of JSON Schema in the bundle (see wrangler.toml): its tables take time when an isolate starts. */
export const fromJSONSchema = undefined
