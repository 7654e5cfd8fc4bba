import { base64url } from 'jose'

/** The first `length` characters of the SHA-256 digest of `content`, in Base64url. */
export const digest = async (content: string | Uint8Array<ArrayBuffer>, length: number): Promise<string> => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))).slice(0, length)
}
