/** Stands in for Zod's forty locales (see wrangler.toml): a third of the bundle, of which nobody hears a word. */
export {}
