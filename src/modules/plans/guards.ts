import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { takesCategory } from '../categories/assignment.ts'
import { categoryNotLive } from '../categories/problems.ts'
import { isOwn, isOwnIncludingDeleted } from '../ledger/queries.ts'
import type { NewPlan, PlanPatch } from './input-schema.ts'
import { faultOf, tooManyPlans } from './problems.ts'
import { storedItem } from './row.ts'
import { plans } from './table.ts'

type Own = Params<'userId' | 'id'>

/** How many plans a user has at most, deleted ones apart. */
const MAX_PLANS = 200

const requireRoom = compile(({ userId, ids, added }: Params<'userId' | 'ids' | 'added'>) =>
  requires(sql`(SELECT count(*) FROM plans WHERE user_id = ${userId} AND deleted_at IS NULL
    AND id NOT IN (SELECT value FROM json_each(${ids}))) + ${added} <= ${sql.raw(String(MAX_PLANS))}`),
)

/** Requires that there is room for the plans that are put, which may be there already, once others are deleted. */
export const hasRoom = ({ userId }: Actor, put: string[], deleted: string[] = []): Guard => ({
  statement: requireRoom({ userId, ids: JSON.stringify([...put, ...deleted]), added: put.length }),
  problem: () => tooManyPlans(),
})

const requireCategory = compile((params: Params<'userId' | 'id' | 'categoryId'>) =>
  requires(takesCategory(plans, params)),
)

const categoryTakes = ({ userId }: Actor, id: string, categoryId: string | null | undefined): Guard[] =>
  categoryId
    ? [{ statement: requireCategory({ userId, id, categoryId }), problem: categoryNotLive('body', '/categoryId') }]
    : []

const requireNoOther = compile(({ userId, id, kind }: Params<'userId' | 'id' | 'kind'>) =>
  requires(sql`NOT EXISTS (SELECT 1 FROM plans WHERE ${isOwnIncludingDeleted({ userId, id })} AND kind <> ${kind})`),
)

const requireHomeCurrency = compile(({ userId, currency }: Params<'userId' | 'currency'>) =>
  requires(sql`EXISTS (SELECT 1 FROM users WHERE id = ${userId} AND currency = ${currency})`),
)

/** Requires of a plan that posts by itself that it is in the user's currency, where it names one. */
const postsWithoutRate = ({ userId }: Actor, { post, currency }: z.infer<typeof NewPlan>): Guard[] =>
  post === 'auto' && currency
    ? [{ statement: requireHomeCurrency({ userId, currency }), problem: faultOf('/post', 'rate_unknown') }]
    : []

/** Requires what a plan that is put must be like beside what is stored. */
export const canBePut = (actor: Actor, id: string, plan: z.infer<typeof NewPlan>): Guard[] => {
  const own = { userId: actor.userId, id, kind: plan.kind }
  return [
    hasRoom(actor, [id]),
    { statement: requireNoOther(own), problem: faultOf('/kind', 'kind_fixed') },
    ...categoryTakes(actor, id, plan.categoryId),
    ...postsWithoutRate(actor, plan),
  ]
}

const requireKind = compile(({ userId, id, kind }: Params<'userId' | 'id' | 'kind'>) =>
  requires(sql`EXISTS (SELECT 1 FROM plans WHERE ${isOwn({ userId, id })} AND kind = ${kind})`),
)

const requirePatchedPosts = compile(({ userId, id, patch }: Own & Params<'patch'>) =>
  requires(sql`EXISTS (SELECT 1 FROM (SELECT json_patch(${storedItem}, ${patch}) AS value, base_currency FROM plans
    WHERE ${isOwn({ userId, id })}) WHERE value ->> 'post' <> 'auto' OR value ->> 'currency' = base_currency)`),
)

/** The members of each kind that plans of the other do not have. */
const MEMBERS = { expense: ['categoryId', 'merchant', 'tags'], income: ['source'] } as const

/** Requires what the stored plan must be like beside a patch, of which `item` is the JSON. */
export const canBePatched = (actor: Actor, id: string, patch: z.infer<typeof PlanPatch>, item: string): Guard[] => {
  const { userId } = actor
  const ofKind = (kind: keyof typeof MEMBERS): Guard[] => {
    const member = MEMBERS[kind].find((name) => (name === 'tags' ? patch.tags?.length : patch[name]))
    if (!member) return []
    return [{ statement: requireKind({ userId, id, kind }), problem: faultOf(`/${member}`, 'not_of_kind') }]
  }
  const posts = {
    statement: requirePatchedPosts({ userId, id, patch: item }),
    problem: faultOf('/post', 'rate_unknown'),
  }
  return [
    ...ofKind('expense'),
    ...ofKind('income'),
    ...categoryTakes(actor, id, patch.categoryId),
    ...(patch.post === 'auto' || patch.currency ? [posts] : []),
  ]
}
