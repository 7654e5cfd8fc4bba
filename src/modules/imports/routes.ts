import { invalidRequest, problems } from '../../http/problems.ts'
import { count } from '../../http/rate-limit.ts'
import { answer, body, createRouter, replayableAnswer, userRoute } from '../../http/router.ts'
import { DryRunQuery, IdParam } from '../../http/schema.ts'
import { newId } from '../../shared/ids.ts'
import { toBudgetImpact } from '../budgets/impact.ts'
import { batchTooLarge } from '../budgets/problems.ts'
import { exactly } from '../ledger/handlers.ts'
import { idempotencyKeyReused, keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders } from '../ledger/idempotency-schema.ts'
import { toPreview } from './preview.ts'
import { importConflicts, importNotFound, refuseFaults } from './problems.ts'
import { resolveRows } from './resolve.ts'
import { parseRows } from './rows.ts'
import { ImportPreview, ImportResult, MAX_BODY_BYTES, NewImport, TakenBackImport } from './schema.ts'
import { takeBackImport, takenBackById } from './undo.ts'
import { importById, importRows } from './writes.ts'

const tags: [string] = ['Imports']

/** An import may be refused like a batch, for what it would change at once. */
const writeProblems = { ...keyProblems, ...problems(invalidRequest, idempotencyKeyReused, batchTooLarge) }

const create = userRoute(
  {
    method: 'post',
    path: '/v1/imports',
    operationId: 'createImport',
    summary: 'Import a CSV file',
    description:
      'Makes expenses and incomes of the rows of a file, in a body of up to 1 MiB and in one transaction: all of them or, ' +
      'where one is at fault, none. A 422 names each fault by the `line` of the file and the `member` of `mapping`. Try it ' +
      'with `dryRun=true` first: that answers 200 with what each row would become, faults included, and writes nothing.\n\n' +
      'The same file sent twice changes nothing, and a file with a row more makes that row. For the id of a row follows ' +
      'from its `externalId` or, without one, from its day, amount, currency, merchant and its number among equal rows of ' +
      'the file, so that two equal coffees of a day are two: it is a UUIDv7 with the day of the row as its time, or 0 with an ' +
      '`externalId`, and the rest of a SHA-256. An `externalId` must not be in the file twice; one that is a UUIDv7 itself is ' +
      'the id, so that what was exported is known again. What you have changed here stays as you have changed it, and what ' +
      'you have deleted stays deleted, unless it was with its import. Rows `similar` to what was entered otherwise are ' +
      'shown, and imported all the same.\n\n' +
      'A column that `mapping` names must be in the header row, and once. A row must have as many cells as that, a day from ' +
      '1970-01-01 to 2199-12-31, an amount above or below 0 with no more decimals than its currency, and what an expense or ' +
      'an income must be like besides. A dry run does not count against the quota of imports. So that no import holds up the ' +
      'writes of others, one that changes more than 3,000 lines, those of later months that follow included, is refused.',
    tags,
    request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(NewImport) },
    responses: {
      200: answer('What the import would do', ImportPreview),
      201: replayableAnswer(answer('The import is done, with the budget impact', ImportResult)),
      ...writeProblems,
    },
  },
  { expensive: true, quotas: ['imports'], maxBodyBytes: MAX_BODY_BYTES },
)

const takeBack = userRoute(
  {
    method: 'delete',
    path: '/v1/imports/{id}',
    operationId: 'takeBackImport',
    summary: 'Take back an import',
    description:
      'Deletes what the import has made and nobody has changed since. You can restore each for 90 days, or import the file ' +
      'again, with another mapping if that was wrong.',
    tags,
    request: { params: IdParam, headers: IdempotencyHeaders, query: DryRunQuery },
    responses: {
      200: replayableAnswer(answer('The import is taken back, with the budget impact', TakenBackImport)),
      ...problems(importNotFound),
      ...writeProblems,
    },
  },
  { expensive: true, quotas: ['imports'] },
)

export const importsRoutes = createRouter()
  .openapi(create, async (c) => {
    const { actor, config, db } = c.var
    const sent = c.req.valid('json')
    const rows = await parseRows(actor.userId, sent)
    if (c.req.valid('query').dryRun) {
      const { resolved } = await db.read({ resolved: resolveRows(actor, rows) })
      return c.json(toPreview(rows, resolved), 200)
    }
    refuseFaults(rows)
    await count(config, 'imports', actor.userId)
    const id = newId()
    const { made, ...impact } = await db.transaction({
      ...importRows(actor, id, rows),
      ...(await exactly(c, sent)),
      after: { made: importById(actor, id) },
      conflicts: importConflicts,
    })
    const done = made[0] ?? importNotFound.raise()
    return c.json({ ...done, budget: toBudgetImpact(impact) }, 201)
  })
  .openapi(takeBack, async (c) => {
    const { actor, config, db } = c.var
    const { id } = c.req.valid('param')
    await count(config, 'imports', actor.userId)
    const { done, ...impact } = await db.transaction({
      ...takeBackImport(actor, id),
      ...(await exactly(c)),
      after: { done: takenBackById(actor, id) },
      conflicts: importConflicts,
    })
    const { deleted, made } = done[0] ?? importNotFound.raise()
    return c.json({ counts: { deleted, kept: made - deleted }, budget: toBudgetImpact(impact) }, 200)
  })
