/**
 * A month of an employee's life, as a front end lives it: sign-up, limits, expenses without a network, the search and
 * edit of one, the month screen, and alerts. Run it while `npm run dev` runs: `node test/clients/month.ts`.
 */
import { draft, edit, moneyFormat, readAlerts, search, sendDrafts, setLimits, signUp } from './actions.ts'
import { bodyOf, createOutlay } from './client.ts'

const [, , baseUrl = 'http://localhost:8787'] = process.argv
let renewals = 0
const network: { isUp: boolean } = { isUp: true }

/** A network that now and then loses an answer on its way back: what was asked is done, and nobody knows. */
const send = async (request: Request) => {
  if (request.url.endsWith('/refresh')) renewals += 1
  const response = await fetch(request)
  if (network.isUp) return response
  throw new TypeError('The connection is lost')
}

const outlay = createOutlay(baseUrl, send)
const { currency, timeZone } = await signUp(outlay, `amina.${crypto.randomUUID().slice(0, 8)}`)
const money = await moneyFormat(outlay, currency)
const food = await setLimits(outlay)

const drafts = [
  draft(timeZone, { amount: 33_500, merchant: 'Market', categoryId: food, tags: ['weekly'] }),
  draft(timeZone, { amount: 90_000, merchant: 'Landlord' }),
]
network.isUp = false
const { waiting } = await sendDrafts(outlay, drafts)
console.log(`${waiting.length} expenses wait for a network`)
network.isUp = true
const { impacts } = await sendDrafts(outlay, waiting)
for (const { name, after, crossed } of impacts) {
  console.log(`${name ?? 'All'}: ${money(after.available)} left`, ...crossed.map((percent) => `(${percent} % reached)`))
}

const [seen] = await search(outlay, 'market')
if (!seen) throw new Error('The expense is not there')
await edit(outlay, seen, { note: 'For the party' }) // as another device does, that has seen the same
const conflict = await edit(outlay, seen, { amount: 41_000 })
console.log(`Changed elsewhere: the note is "${conflict?.note}"`)
if (conflict) await edit(outlay, conflict, { amount: 41_000 })

// As if ten minutes had passed: three calls find that the access token has expired, and wait for one renewal.
if (outlay.session) outlay.session = { ...outlay.session, accessToken: 'expired' }
const [month, latest, alerts] = await Promise.all([
  bodyOf(outlay.api.GET('/v1/months/{month}', { params: { path: { month: 'current' } } })),
  bodyOf(outlay.api.GET('/v1/expenses', { params: { query: { limit: 5 } } })),
  readAlerts(outlay),
])
console.log(`3 calls, ${renewals} renewal`)
for (const line of [month.overall, ...month.categories]) {
  if (line) console.log(`${line.name ?? 'All'}: ${money(line.spent)} of ${money(line.limit)}, ${line.state}`)
}
for (const { merchant, amount } of latest.data) console.log(`${merchant}: ${money(amount)}`)
for (const alert of alerts) console.log(alert)
