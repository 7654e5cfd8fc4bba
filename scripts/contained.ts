import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The environment of a tool whose caches, logs and temporary files are to stay in `folder`, which it makes, and which
 * is to report nothing to anybody.
 */
export const contained = (folder: string): NodeJS.ProcessEnv => {
  mkdirSync(folder, { recursive: true })
  return {
    ...process.env,
    TMPDIR: folder,
    NODE_COMPILE_CACHE: join(folder, 'node'),
    XDG_CACHE_HOME: folder,
    XDG_CONFIG_HOME: folder,
    XDG_DATA_HOME: folder,
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    REDOCLY_SUPPRESS_NOTIFICATIONS: 'true',
    REDOCLY_TELEMETRY: 'off',
    WRANGLER_SEND_METRICS: 'false',
  }
}
