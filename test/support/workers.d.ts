declare module '*?raw' {
  const text: string
  export default text
}

declare module 'cloudflare:workers' {
  import type { Env } from '../../src/config.ts'
  export const env: Env
  export const exports: {
    default: { fetch(request: Request): Promise<Response>; scheduled(options: object): Promise<void> }
  }
}
