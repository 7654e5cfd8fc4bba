import type { SQL } from 'drizzle-orm'
import type { Context } from 'hono'
import type { Guard } from '../../db/guard.ts'
import type { Statement } from '../../db/statement.ts'
import type { Bookkeeping, Conflicts } from '../../db/transaction.ts'
import type { Actor, UserEnv } from '../../http/context.ts'
import { resource } from '../../http/etag.ts'
import { preconditionGuards } from '../../http/preconditions.ts'
import { newId } from '../../shared/ids.ts'
import type { Problem } from '../../shared/problem.ts'
import { withIdempotencyKey } from './idempotency.ts'
import { restorationConflicts } from './problems.ts'

/**
 * What a write does: what must hold, what is written, and how the lines of the months follow. What it moves between them
 * is noted before it, of the rows as they are and of what was sent. See expenses/writes.ts.
 */
export type Change<Line = never> = { guards: Guard[]; write: Statement[]; bookkeeping: Bookkeeping<Line> }

/** What a write of a resource has read of the lines that it touches. */
export type Impact<Line> = { linesBefore: Line[]; linesAfter: Line[] }

/** What the routes of a resource share: where it is, how it is found, and how it is answered. */
export type Resource<Row extends { id: string; revision: number }, Body extends object, Line, Extra extends object> = {
  path: string
  notFound: Problem
  conflicts: Conflicts
  byId: (actor: Actor, id: string) => Statement<Row>
  /** The revision of what is there, as SQL, for the preconditions. */
  revision: (actor: Actor, id: string) => SQL
  toBody: (row: Row) => Body
  /** What the answer to a write tells beside the resource. */
  extra: (impact: Impact<Line>) => Extra
}

type AnyRow = { id: string; revision: number }
type UserContext = Context<UserEnv>

/** How a write runs: whether it is undone, and whether it was done before. `sent` is what came in the body. */
export const exactly = async (c: UserContext, sent?: object) => ({
  dryRun: c.req.query('dryRun') === 'true',
  idempotencyKey: await withIdempotencyKey(c, sent),
})

/** GET: the resource with its ETag, or a 304. */
export const getOne = async <Row extends AnyRow, Body extends object, Line, Extra extends object>(
  c: UserContext,
  { byId, notFound, toBody }: Resource<Row, Body, Line, Extra>,
  id: string,
) => {
  const { found } = await c.get('db').read({ found: byId(c.get('actor'), id) })
  const row = found[0] ?? notFound.raise()
  return resource(c, row.revision, toBody(row))
}

/**
 * POST: makes a resource with an id of the server's. `create` makes the change that does it, and `made` reads what the row
 * has beside what was sent, or all of it: what was sent need not come back from the database.
 */
export const createOne = async <
  Sent extends object,
  Made extends AnyRow,
  Body extends object,
  Line,
  Extra extends object,
>(
  c: UserContext,
  {
    path,
    notFound,
    conflicts,
    toBody,
    extra,
  }: Pick<Resource<Sent & Made, Body, Line, Extra>, 'path' | 'notFound' | 'conflicts' | 'toBody' | 'extra'>,
  create: (id: string) => Change<Line>,
  sent: Sent,
  made: (actor: Actor, id: string) => Statement<Made>,
) => {
  const id = newId()
  const { current, ...impact } = await c.var.db.transaction({
    ...create(id),
    ...(await exactly(c, sent)),
    after: { current: made(c.var.actor, id) },
    conflicts,
  })
  const row = current[0] ?? notFound.raise()
  const headers = { Location: `${path}/${row.id}` }
  return resource(c, row.revision, toBody({ ...sent, ...row }), { status: 201, headers, extra: extra(impact) })
}

/** PUT: makes the resource with the client's own id, or replaces it. */
export const putOne = async <Row extends AnyRow, Body extends object, Line, Extra extends object>(
  c: UserContext,
  { path, notFound, conflicts, byId, revision, toBody, extra }: Resource<Row, Body, Line, Extra>,
  id: string,
  change: Change<Line>,
  sent: object,
) => {
  const { actor, db } = c.var
  const { previous, current, ...impact } = await db.transaction({
    ...change,
    ...(await exactly(c, sent)),
    guards: [...preconditionGuards(c, revision(actor, id)), ...change.guards],
    before: { previous: byId(actor, id) },
    after: { current: byId(actor, id) },
    conflicts,
  })
  const row = current[0] ?? notFound.raise()
  const created = { status: 201 as const, headers: { Location: `${path}/${row.id}` } }
  return resource(c, row.revision, toBody(row), { ...(previous[0] ? {} : created), extra: extra(impact) })
}

/** PATCH: changes what the body names. */
export const patchOne = async <Row extends AnyRow, Body extends object, Line, Extra extends object>(
  c: UserContext,
  { notFound, conflicts, byId, revision, toBody, extra }: Resource<Row, Body, Line, Extra>,
  id: string,
  change: Change<Line>,
  sent: object,
) => {
  const { actor, db } = c.var
  const { current, ...impact } = await db.transaction({
    ...change,
    ...(await exactly(c, sent)),
    guards: [...preconditionGuards(c, revision(actor, id)), ...change.guards],
    after: { current: byId(actor, id) },
    conflicts,
  })
  const row = current[0] ?? notFound.raise()
  return resource(c, row.revision, toBody(row), { extra: extra(impact) })
}

/** DELETE: returns what the answer tells, if it tells anything. */
export const deleteOne = async <Row extends AnyRow, Body extends object, Line, Extra extends object>(
  c: UserContext,
  { conflicts, revision, extra }: Resource<Row, Body, Line, Extra>,
  id: string,
  change: Change<Line>,
) => {
  const { actor, db } = c.var
  const impact = await db.transaction({
    ...change,
    ...(await exactly(c)),
    guards: [...preconditionGuards(c, revision(actor, id)), ...change.guards],
    conflicts,
  })
  return extra(impact)
}

/** POST …/restore: brings back what was deleted. */
export const restoreOne = async <Row extends AnyRow, Body extends object, Line, Extra extends object>(
  c: UserContext,
  { notFound, byId, toBody, extra }: Resource<Row, Body, Line, Extra>,
  id: string,
  change: Change<Line>,
) => {
  const { current, ...impact } = await c.var.db.transaction({
    ...change,
    ...(await exactly(c)),
    after: { current: byId(c.var.actor, id) },
    conflicts: restorationConflicts,
  })
  const row = current[0] ?? notFound.raise()
  return resource(c, row.revision, toBody(row), { extra: extra(impact) })
}

/**
 * POST …/batch: puts and deletes many, all or none, and returns those that were put, in their order. `current` reads only
 * what was not sent: with a key, a batch of 57 KB would keep as much again.
 */
export const changeMany = async <Item extends { id: string }, Row extends AnyRow, Line>(
  c: UserContext,
  change: Change<Line>,
  current: Statement<Row>,
  conflicts: Conflicts,
  sent: { put: Item[]; delete: string[] },
) => {
  const { current: rows, ...impact } = await c.var.db.transaction({
    ...change,
    ...(await exactly(c, sent)),
    after: { current },
    conflicts,
  })
  const byId = new Map(rows.map((row) => [row.id, row]))
  const rowsPut = sent.put.flatMap((item) => {
    const row = byId.get(item.id)
    return row ? [{ ...item, ...row }] : []
  })
  return { rows: rowsPut, impact }
}
