import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The environment for a tool that keeps its caches, logs and temporary files in `folder`, which is created, and sends
 * no telemetry.
 */
export const isolatedEnv = (folder: string): NodeJS.ProcessEnv => {
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
