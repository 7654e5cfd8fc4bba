import { count } from '../../http/rate-limit.ts'
import { answer, body, createRouter, replayableAnswer, userRoute } from '../../http/router.ts'
import { DryRunQuery, IdParam } from '../../http/schema.ts'
import { newId } from '../../shared/ids.ts'
import { toBudgetImpact } from '../budgets/impact.ts'
import { batchTooLarge } from '../budgets/problems.ts'
import { exactly } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders } from '../ledger/idempotency-schema.ts'
import { ImportQuery, MAX_BODY_BYTES, NewImport } from './input-schema.ts'
import { toPreview } from './preview.ts'
import { importConflicts, importNotFound, refuseFaults } from './problems.ts'
import { resolveRows } from './resolve.ts'
import { parseRows } from './rows.ts'
import { ImportPreview, ImportResult, TakenBackImport } from './schema.ts'
import { takeBackImport, takenBackById } from './undo.ts'
import { importById, importRows } from './writes.ts'

const tags: [string] = ['Imports']

/** An import may be refused like a batch, for what it would change at once. */
const writeProblems = [...keyProblems, batchTooLarge]

const create = userRoute(
  ['write'],
  {
    method: 'post',
    path: '/v1/imports',
    operationId: 'createImport',
    summary: 'Import a CSV file',
    description:
      'Makes an expense or an income of each row of a CSV file, in one transaction: of all rows or, if one is at ' +
      'fault, of none. The body may have 1 MiB. Each fault of a 422 has the `line` of the file and the `member` of ' +
      '`mapping`. Try it with `dryRun=true` first: that shows what each row becomes, faults included, writes nothing ' +
      'and does not count against the quota of imports.\n\n' +
      '**Safe to repeat.** The same file sent again changes nothing, and a file with one more row makes that row. ' +
      'What you have changed stays as you have changed it. What you have deleted stays deleted, unless it was ' +
      'deleted by taking back its import. For each row has an id that follows from its `externalId` or, without one, ' +
      'from its day, amount, currency, merchant and its number among equal rows of the file: two equal coffees on ' +
      'one day are two. So split a file that is too long between two days, and name the `account` if you import files ' +
      'of several: else equal rows of two files count as one. The id is a UUIDv7; its time is the day of the row, or 0 with an `externalId`; the rest is ' +
      'from a SHA-256. An `externalId` that is a UUIDv7 is the id, so that what was exported is known again. No ' +
      '`externalId` may be in the file twice.\n\n' +
      '**Similar rows.** A row with the amount of an entry that you have made otherwise, at most three days apart, ' +
      'is shown as `similar`, and imported all the same.\n\n' +
      '**What a row needs.** As many cells as the header row, but for empty ones at the end; the header row has each ' +
      'column that `mapping` names once. Besides, a day from 1970-01-01 to 2199-12-31; an amount that is not 0 and has ' +
      'no more decimals than its currency; an `exchangeRate` if that is not yours; and texts as an expense or an ' +
      'income may have them.\n\n' +
      'An import that changes more than 3,000 lines of budgets, those of later months included, is refused: it would ' +
      'hold up the writes of others. If you have several files, begin with the oldest. Refused, too, is what makes ' +
      'the sum of all expenses or of all incomes too large. A dry run does not look for these two.',
    tags,
    request: { headers: IdempotencyHeaders, query: ImportQuery, body: body(NewImport) },
    responses: {
      200: answer('What the import would do', ImportPreview),
      201: replayableAnswer(answer('The import is done, with the budget impact', ImportResult)),
    },
    problems: writeProblems,
  },
  { expensive: true, quotas: ['imports'], maxBodyBytes: MAX_BODY_BYTES },
)

const takeBack = userRoute(
  ['write'],
  {
    method: 'delete',
    path: '/v1/imports/{id}',
    operationId: 'takeBackImport',
    summary: 'Take back an import',
    description:
      'Deletes what the import has made and nobody has changed since. You can restore each entry for 90 days, or ' +
      'import the file again, with another mapping if that was wrong. What changes more than 15,000 lines of budgets ' +
      'is refused.',
    tags,
    request: { params: IdParam, headers: IdempotencyHeaders, query: DryRunQuery },
    responses: {
      200: replayableAnswer(answer('The import is taken back, with the budget impact', TakenBackImport)),
    },
    problems: [importNotFound, ...writeProblems],
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
    await count(config, 'imports', c.var.countedAs)
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
    if (!c.req.valid('query').dryRun) await count(config, 'imports', c.var.countedAs)
    const { done, ...impact } = await db.transaction({
      ...takeBackImport(actor, id),
      ...(await exactly(c)),
      after: { done: takenBackById(actor, id) },
    })
    const { deleted, made } = done[0] ?? importNotFound.raise()
    return c.json({ counts: { deleted, kept: made - deleted }, budget: toBudgetImpact(impact) }, 200)
  })
