/** Replaces Zod's locales in the bundle (see wrangler.toml): they would be a third of it, and none is used. */
export {}
