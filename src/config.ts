import * as z from 'zod'

/** Static files (`[assets]` of wrangler.toml). */
type Assets = { fetch(request: Request | URL): Promise<Response> }

/** A rate limiter of the Workers runtime, without a round trip to the database (`[[ratelimits]]` of wrangler.toml). */
export type RateLimiter = { limit(options: { key: string }): Promise<{ success: boolean }> }

type Mail = { from: { name: string; email: string }; to: string; subject: string; text: string; html: string }

/** The way out for mail (`[[send_email]]` of wrangler.toml). */
export type Mailer = { send(mail: Mail): Promise<{ messageId: string }> }

const isSecret = (text: string) => text.length >= 32
const isDatabaseUrl = (text: string) => /^(libsql|https?):\/\/./.test(text) && URL.canParse(text)
/** A setting that may be absent or, as in .dev.vars.example, empty. */
const optional = (isValid: (text: string) => boolean) =>
  z
    .string()
    .default('')
    .refine((text) => text === '' || isValid(text))
const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Whether what is sent to this URL stays secret and comes unchanged: HTTPS, or HTTP that does not leave the machine. */
export const isSecureUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname))
}

const Provider = z.strictObject({
  /** As its tokens have it in `iss`. */
  issuer: z.string().refine((text) => isSecureUrl(text) && !/[?#]/.test(text)),
  /** The id of the front end at the issuer. */
  audience: z.string().min(1),
  /** The domains of the addresses of those who may log in. */
  emailDomains: z.array(z.string().regex(/^[a-z\d-]+(\.[a-z\d-]+)+$/)).min(1),
})

const Providers = z
  .array(Provider)
  .refine((providers) => new Set(providers.map(({ issuer }) => issuer)).size === providers.length)

/** What JSON text holds; undefined where it is none. */
const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const toList = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
const binding = <T>(method: string) =>
  z.custom<T>((value) => typeof (value as Record<string, unknown> | undefined)?.[method] === 'function')

const Bindings = z.object({
  TURSO_DATABASE_URL: z.string().refine(isDatabaseUrl),
  TURSO_AUTH_TOKEN: optional(() => true),
  JWT_SECRET: z.string().refine(isSecret),
  JWT_SECRET_PREVIOUS: optional(isSecret),
  CORS_ORIGINS: optional((text) => toList(text).every(isOrigin)),
  FRONT_END_ORIGIN: z.string().refine((text) => isOrigin(text) && isSecureUrl(text)),
  MAIL_SENDER: z.email(),
  MAIL: binding<Mailer>('send'),
  OIDC_PROVIDERS: z
    .string()
    .default('')
    .transform((text) => fromJson(text || '[]'))
    .pipe(Providers),
  ASSETS: binding<Assets>('fetch'),
  REGISTRATION_LIMITER: binding<RateLimiter>('limit'),
  LOGIN_LIMITER: binding<RateLimiter>('limit'),
  ACCOUNT_LOGIN_LIMITER: binding<RateLimiter>('limit'),
  REFRESH_LIMITER: binding<RateLimiter>('limit'),
  PASSWORD_CHECK_LIMITER: binding<RateLimiter>('limit'),
  PASSWORD_RESET_LIMITER: binding<RateLimiter>('limit'),
  WRITE_LIMITER: binding<RateLimiter>('limit'),
  EXPENSIVE_READ_LIMITER: binding<RateLimiter>('limit'),
  EXPENSIVE_WRITE_LIMITER: binding<RateLimiter>('limit'),
  UNKNOWN_TOKEN_LIMITER: binding<RateLimiter>('limit'),
  IMPORT_LIMITER: binding<RateLimiter>('limit'),
})

/** The bindings that the runtime passes to the Worker, unvalidated: `readConfig` validates them. */
export type Env = Record<keyof z.input<typeof Bindings>, unknown>

type Key = Uint8Array<ArrayBuffer>

/** A company whose login lets in (OpenID Connect). */
export type Provider = z.infer<typeof Provider>

export type Config = {
  database: { url: string; authToken: string | undefined }
  /** The secrets for tokens: the first one signs, all of them verify. */
  signingKeys: [Key, ...Key[]]
  corsOrigins: string[]
  /** Where the links in mails lead. */
  frontEndOrigin: string
  mail: { mailer: Mailer; sender: string }
  providers: Provider[]
  assets: Assets
  /** By the names of their quotas: see http/rate-limit.ts. */
  limiters: Record<
    | 'registrations'
    | 'logins'
    | 'accountLogins'
    | 'refreshes'
    | 'passwordChecks'
    | 'passwordResets'
    | 'writes'
    | 'expensiveReads'
    | 'expensiveWrites'
    | 'unknownTokens'
    | 'imports',
    RateLimiter
  >
}

/** The configuration is missing or malformed. `names` lists the members, without their values. */
export class ConfigError extends Error {
  readonly names: string[]

  constructor(names: string[]) {
    super(`Missing or malformed configuration: ${names.join(', ')}`)
    this.names = names
  }
}

/** Where Hrana over HTTP is spoken, without a slash at the end: `libsql://…` is for HTTPS. */
const toHttpUrl = (url: string) => url.replace(/^libsql:/, 'https:').replace(/\/$/, '')

const toBytes = (text: string) => new TextEncoder().encode(text)

const parse = (env: Env): Config => {
  const { success, data, error } = Bindings.safeParse(env)
  if (!success) throw new ConfigError([...new Set(error.issues.map((issue) => String(issue.path[0])))])
  return {
    database: { url: toHttpUrl(data.TURSO_DATABASE_URL), authToken: data.TURSO_AUTH_TOKEN || undefined },
    signingKeys: [toBytes(data.JWT_SECRET), ...(data.JWT_SECRET_PREVIOUS ? [toBytes(data.JWT_SECRET_PREVIOUS)] : [])],
    corsOrigins: toList(data.CORS_ORIGINS),
    frontEndOrigin: data.FRONT_END_ORIGIN,
    mail: { mailer: data.MAIL, sender: data.MAIL_SENDER },
    providers: data.OIDC_PROVIDERS,
    assets: data.ASSETS,
    limiters: {
      registrations: data.REGISTRATION_LIMITER,
      logins: data.LOGIN_LIMITER,
      accountLogins: data.ACCOUNT_LOGIN_LIMITER,
      refreshes: data.REFRESH_LIMITER,
      passwordChecks: data.PASSWORD_CHECK_LIMITER,
      passwordResets: data.PASSWORD_RESET_LIMITER,
      writes: data.WRITE_LIMITER,
      expensiveReads: data.EXPENSIVE_READ_LIMITER,
      expensiveWrites: data.EXPENSIVE_WRITE_LIMITER,
      unknownTokens: data.UNKNOWN_TOKEN_LIMITER,
      imports: data.IMPORT_LIMITER,
    },
  }
}

let cached: { env: Env; config: Config } | undefined

/** The configuration in `env`, validated once per isolate. Throws ConfigError. */
export const readConfig = (env: Env): Config => {
  if (cached?.env !== env) cached = { env, config: parse(env) }
  return cached.config
}
