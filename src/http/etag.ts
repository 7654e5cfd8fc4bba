import type { Context } from 'hono'
import { digest } from '../shared/digest.ts'

/** Whether a list of entity tags names `tag`: RFC 9110 compares them weakly for `If-None-Match`. */
const names = (list: string | undefined, tag: string) =>
  list?.split(',').some((item) => item.trim() === '*' || item.trim().replace(/^W\//, '') === tag) ?? false

type Answer<S, A> = {
  status?: S
  headers?: Record<string, string>
  /** What rides along in the answer and is no part of the resource. */
  aside?: A
}

/**
 * Answers with a whole resource and its strong ETag, on GET with 304 where `If-None-Match` has that tag, which the types
 * of a handler need not know. The tag is the resource's `revision`, by which `preconditionGuards` knows it again; that
 * of a dry run matches nothing.
 */
export const resource = <T extends object, S extends 200 | 201 = 200, A extends object = object>(
  c: Context,
  revision: number | string,
  body: T,
  { status = 200 as S, headers = {}, aside = {} as A }: Answer<S, A> = {},
) => {
  const tag = c.req.query('dryRun') === 'true' ? '"dry-run"' : `"${revision}"`
  c.header('ETag', tag)
  c.header('Cache-Control', 'private, no-cache')
  if (/^(GET|HEAD)$/.test(c.req.method) && names(c.req.header('If-None-Match'), tag)) return c.body(null, 304) as never
  return c.json({ ...body, ...aside }, status, headers)
}

/** The same, of what has no revision since it is computed: its tag changes exactly when it does. */
export const computedResource = async <T extends object>(c: Context, body: T) =>
  resource(c, await digest(JSON.stringify(body), 27), body)
