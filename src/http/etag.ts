import type { Context } from 'hono'
import { digest } from '../shared/digest.ts'

/** Whether a list of entity tags names `tag`: RFC 9110 compares them weakly for `If-None-Match`. */
const names = (list: string | undefined, tag: string) =>
  list?.split(',').some((item) => item.trim() === '*' || item.trim().replace(/^W\//, '') === tag) ?? false

/**
 * Answers with a whole resource and its strong ETag, which changes exactly when the resource does; on GET with 304
 * where `If-None-Match` has that tag, which the types of a handler need not know. `aside` rides along in the answer,
 * and is no part of the resource.
 */
export const resource = async <T extends object, S extends 200 | 201 = 200, A extends object = object>(
  c: Context,
  body: T,
  status: S = 200 as S,
  headers: Record<string, string> = {},
  aside: A = {} as A,
) => {
  const tag = `"${await digest(JSON.stringify(body), 27)}"`
  c.header('ETag', tag)
  c.header('Cache-Control', 'private, no-cache')
  if (/^(GET|HEAD)$/.test(c.req.method) && names(c.req.header('If-None-Match'), tag)) return c.body(null, 304) as never
  return c.json({ ...body, ...aside }, status, headers)
}
