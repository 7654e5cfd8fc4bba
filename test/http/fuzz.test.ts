import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import document from '../../openapi.json'
import { type Answer, type Employee, employee, importOf, newId, PASSWORD } from '../support/api.ts'
import { damaged, type GeneratedRequest, type Hints, validRequest, withReferences } from '../support/arbitraries.ts'
import { isAllowed, type Operation, operations } from '../support/document.ts'
import { callerOf, requestOf } from '../support/requests.ts'

const SEED = 20_261_123
/** How many requests of an operation are generated: valid ones, and ones with one thing changed. */
const RUNS = { valid: 30, damaged: 50 }

/** The operations whose range is one of months. */
const OF_MONTHS = ['listMonths', 'getSpendingReport', 'getIncomeReport']

/** What a request can be refused with that the document does not allow: also because there were too many. */
const REFUSALS = [400, 404, 413, 415, 422, 429]

/** Where the document gives the reason for a fault that no JSON Schema can tell, by its code. */
const REASONS: Record<string, RegExp> = {
  ambiguous_column: /each column that `mapping` names once/,
  cell_count: /As many cells/,
  empty: /1 to 2,000 rows/,
  invalid_amount: /an amount that is not 0/,
  invalid_date: /a day from 1970-01-01/,
  invalid_quote: /RFC 4180/,
  not_utf8: /U\+FFFD/,
  too_precise: /no more decimals/,
  unclosed_quote: /RFC 4180/,
  unknown_column: /each column that `mapping` names once/,
  before_from: /not be before `from`/,
  before_start: /not before `start`/,
  common_password: /Not a common password/,
  contradiction: /Not together with|The last (day|one)|The largest|The last month/,
  converted_out_of_range: /exchangeRate/,
  duplicate: /batch|Each is listed once/i,
  incomplete: /both `every` and `unit`/,
  invalid_cursor: /`nextCursor` of the page before/,
  invalid_length: /is trimmed/,
  invalid_rate: /above 0/,
  invalid_text: /U\+0000/,
  kind_fixed: /keeps its kind/,
  not_due: /the day on which it was due/i,
  not_needed: /else null|is an estimate/,
  not_of_kind: /do not have it/,
  not_of_start: /the day of `start`/,
  out_of_range: /not after the last day/,
  rate_unknown: /needs the rate of its day/,
  required: /Required if|with `planDue`|without `planId`/,
  too_long: /at most 400 days/,
  too_many: /at most 36 months/,
  unknown_category: /A category of the user|The category that takes/,
  unknown_currency: /ISO 4217/,
  unknown_expense: /ids of those to delete/,
  unknown_income: /ids of those to delete/,
  unknown_plan: /ids of those to delete|plan that it was posted from/,
  unknown_time_zone: /IANA/,
  wrong_password: /wrong_password/,
}

const parametersOf = (template: string, path: string): Record<string, string> => {
  const pattern = template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/?]+)')
  return { ...new RegExp(`^${pattern}`).exec(path)?.groups }
}

/** Ids of what a batch can delete: of what it has put before. */
const putBy = (operationId: string, owner: Employee): Promise<string[]> => {
  const putOne = async () => {
    const request = await requestOf(operationId, owner)
    return (await owner.post(request.path, request.body)).body.put[0].id
  }
  return Promise.all(Array.from({ length: 12 }, putOne))
}
/** A file that can be imported, however the rest is generated; the ids of its rows are new each time. */
const importHints: Hints = {
  csv: fc.constant(null).map(() => importOf(`2026-11-23,-1,${newId()}`).csv),
  mapping: fc.constant(importOf('').mapping),
  date: fc.constant(importOf('').mapping.date),
  exchangeRate: fc.constant('Rate'),
  delimiter: fc.constant(','),
}
const withConstants = (body: object = {}): Hints =>
  Object.fromEntries(Object.entries(body).map(([name, value]) => [name, fc.constant(value)]))
/** A plan that repeats has no end before its start, and one of an expense has no source. */
const planHints: Hints = { kind: fc.constant('expense'), source: fc.constant(null), until: fc.constant(null) }

/** Values that lead further than generated ones: what `owner` has, and what an operation would find. */
const hintsFor = async ({ operationId, path }: Operation, owner: Employee): Promise<Hints> => {
  const prepared = [await requestOf(operationId, owner), await requestOf(operationId, owner)]
  const own = prepared.map((request) => parametersOf(path, request.path))
  const hints: Hints = {}
  for (const name of Object.keys(own[0] ?? {})) hints[name] = fc.constantFrom(...own.map((values) => values[name]))
  const categories = await owner.get('/v1/categories')
  const categoryIds: string[] = categories.body.data.map(({ id }: { id: string }) => id)
  const name = fc.uuid().map((id) => id.slice(0, 30))
  return {
    id: fc.constant(null).map(newId),
    ...(path.endsWith('/batch') && { delete: fc.constantFrom(...(await putBy(operationId, owner))) }),
    ...hints,
    ...(operationId === 'proveEmail' && { token: fc.constant(Object(prepared[1]?.body).token) }),
    ...(path.startsWith('/v1/plans') && planHints),
    categoryId: fc.constantFrom(...categoryIds),
    moveTo: fc.constantFrom(...categoryIds),
    currency: fc.constant('USD'),
    exchangeRate: fc.constant(null),
    date: fc.constant('2026-11-23'),
    planId: fc.constant(null),
    planDue: fc.constant(null),
    from: fc.constant(OF_MONTHS.includes(operationId) ? '2026-01' : '2026-01-01'),
    to: fc.constant(OF_MONTHS.includes(operationId) ? '2026-12' : '2026-12-31'),
    minAmount: fc.constant(1),
    timeZone: fc.constantFrom('Europe/Paris', 'America/New_York', 'utc'),
    username: operationId === 'login' ? fc.constant(owner.user.username) : name,
    expiresAt: fc.constant(new Date(Date.now() + 86_400_000).toISOString()),
    email: name.map((local) => `${local}@example.com`),
    name,
    password: fc.constant(PASSWORD),
    currentPassword: fc.constant(PASSWORD),
    newPassword: fc.constant(PASSWORD),
    ...(operationId === 'logInByCompany' && withConstants(prepared[0]?.body)),
    refreshToken: fc.constant(owner.session.refreshToken),
    'if-match': fc.constant('*'),
    'if-none-match': fc.constant('"other"'),
    ...(path === '/v1/imports' && importHints),
  }
}

const send = (owner: Employee, { operationId, method, path }: Operation, request: GeneratedRequest) => {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(request.path[name] ?? ''))
  const query = new URLSearchParams(request.query).toString()
  return owner.send(method, query ? `${filled}?${query}` : filled, request.body, {
    // Each from an address of its own, which has its own quotas.
    headers: { 'CF-Connecting-IP': operationId, ...request.header },
  })
}

/**
 * Fails unless the document gives the reason for which a request that it allows was refused. Of other problems than
 * invalid_request, validateExchange has found that the document names them.
 */
const expectReason = (operation: Operation, { body }: Answer) => {
  if (body?.code !== 'invalid_request') return
  const told = withReferences([document.info.description, operation])
  for (const { code } of body.errors) expect([code, told]).toEqual([code, expect.stringMatching(REASONS[code] ?? /^$/)])
}

describe('a generated request', () => {
  const owners = new Map<string, Employee>()
  const ownerOf = async ({ operationId, tags: [tag = ''] }: Operation) => {
    // One user may import, and change their address, only so often.
    if (tag === 'Imports' || operationId === 'changeEmail') return employee()
    const owner = owners.get(tag) ?? (await employee())
    owners.set(tag, owner)
    return callerOf(operationId, owner)
  }

  it.each(operations)('that is valid is not refused by $operationId without a documented reason', async (operation) => {
    const owner = await ownerOf(operation)
    const request = validRequest(operation, await hintsFor(operation, owner))
    let done = 0
    await fc.assert(
      fc.asyncProperty(request, async (request) => {
        const answer = await send(owner, operation, request)
        if (answer.status < 400) done++
        expect(answer.status).toBeLessThan(500)
        expectReason(operation, answer)
      }),
      { seed: SEED, numRuns: RUNS.valid },
    )
    expect(done).toBeGreaterThan(0)
  })

  it.each(operations)('that is not valid is refused by $operationId', async (operation) => {
    const owner = await ownerOf(operation)
    const request = damaged(validRequest(operation, await hintsFor(operation, owner)))
    await fc.assert(
      fc.asyncProperty(request, async (request) => {
        const answer = await send(owner, operation, request)
        expect(answer.status).toBeLessThan(500)
        if (isAllowed(operation, request)) expectReason(operation, answer)
        else expect(REFUSALS).toContain(answer.status)
      }),
      { seed: SEED, numRuns: RUNS.damaged },
    )
  })
})
