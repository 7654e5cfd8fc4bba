import type { Actor, UserContext } from './context.ts'

/**
 * The strong ETag of what a user has at a revision. It begins with the random part of the user's id, so that no answer
 * to one user is ever taken for a copy of another user's, in a browser that both use.
 */
export const entityTag = ({ userId }: Pick<Actor, 'userId'>, version: number | string) =>
  `"${userId.slice(-12)}-${version}"`

/** Makes the tag of a resource at a revision in the answer to this request; that of a dry run matches nothing. */
const tagsOf = (c: UserContext) => {
  const [isDryRun, actor] = [c.req.query('dryRun') === 'true', c.get('actor')]
  return (revision: number | string) => (isDryRun ? '"dry-run"' : entityTag(actor, revision))
}

/** Makes an item of a list or of the answer to a batch: the body of a row, and its tag as `etag`. */
export const withTag = <Row, Body extends object>(c: UserContext, toBody: (row: Row) => Body) => {
  const tagOf = tagsOf(c)
  return (row: Row & { revision: number }) => ({ ...toBody(row), etag: tagOf(row.revision) })
}

/** Whether an `If-None-Match` list matches `tag`, by the weak comparison of RFC 9110. */
const matches = (list: string | undefined, tag: string) =>
  list?.split(',').some((item) => item.trim() === '*' || item.trim().replace(/^W\//, '') === tag) ?? false

type Answer<S, A> = {
  status?: S
  headers?: Record<string, string>
  /** Members of the response that are not part of the resource. */
  extra?: A
}

/**
 * Responds with a whole resource and its strong ETag, or to a GET with a 304 if `If-None-Match` has that tag. The 304 is
 * not in the return type. The tag is the resource's `revision`, which `preconditionGuards` compares.
 */
export const resource = <T extends object, S extends 200 | 201 = 200, A extends object = object>(
  c: UserContext,
  revision: number | string,
  body: T,
  { status = 200 as S, headers = {}, extra = {} as A }: Answer<S, A> = {},
) => {
  const tag = tagsOf(c)(revision)
  c.header('ETag', tag)
  c.header('Cache-Control', 'private, no-cache')
  if (/^(GET|HEAD)$/.test(c.req.method) && matches(c.req.header('If-None-Match'), tag))
    return c.body(null, 304) as never
  return c.json({ ...body, ...extra }, status, headers)
}
