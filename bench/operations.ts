/** What is measured, and how good it has to be. */
import { newId } from '../src/shared/ids.ts'
import { PASSWORD, type Person } from './people.ts'
import { expenseId, FIRST_OF_36, MONTH, PLANNED, READ_PATH } from './seed.ts'
import { settings } from './settings.ts'

/** A request as it is sent. */
export type Sent = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  path: string
  headers: Record<string, string>
  body?: string
}

export type Operation = {
  /** Names it in BENCH_ONLY, and to the bare Worker. */
  key: string
  name: string
  /** Who asks: somebody with limits, without, or with a plan. Nobody, where the database is not asked. */
  who: 'limited' | 'unlimited' | 'planning' | 'nobody'
  /** The status that is expected. */
  status: number
  /** The requests of `person`: the same one over and over, or another one each time. */
  requests(person: Person): Sent | (() => Sent)
  /** The least part of the bare Worker's requests per second that it must have. */
  minRatio?: number
  /** Whether it makes one expense, and is to write few rows. */
  isPost?: boolean
  connections?: number
}

/** Those who log in keep a core busy, each of them. */
const LOGIN_CONNECTIONS = 2
const BATCH = 100

/** How many requests were made, so that each is another one. */
let made = 0

const withToken = ({ token }: Person) => ({ 'Content-Type': 'application/json', Authorization: `Bearer ${token}` })

const get = (path: string) => (person: Person) => ({ method: 'GET' as const, path, headers: withToken(person) })

const expense = ({ categories }: Person) => ({
  amount: 1 + (made++ % 97),
  date: `${MONTH}-01`,
  categoryId: categories[0],
  merchant: 'Chez Paul',
  tags: ['lunch'],
})

const sending =
  (method: 'POST' | 'PUT' | 'PATCH', path: () => string, body: (person: Person) => object) =>
  (person: Person) =>
  () => ({
    method,
    path: path(),
    headers: withToken(person),
    body: JSON.stringify(body(person)),
  })

/** The path of one of the expenses that were there before, each in turn, but not of the first, which is read. */
const another = () => `/v1/expenses/${expenseId(1 + (made % (settings.few - 1)))}`

const post = sending('POST', () => '/v1/expenses', expense)

export const operations: Operation[] = [
  { key: 'get', name: 'GET an expense', who: 'limited', status: 200, requests: get(READ_PATH), minRatio: 0.85 },
  { key: 'list', name: 'list of 50', who: 'limited', status: 200, requests: get('/v1/expenses'), minRatio: 0.8 },
  {
    key: 'month-limits',
    name: 'month view with 10 limits with rollover',
    who: 'limited',
    status: 200,
    requests: get(`/v1/months/${MONTH}`),
    minRatio: 0.75,
  },
  {
    key: 'month-no-limit',
    name: 'month view with no limit',
    who: 'unlimited',
    status: 200,
    requests: get(`/v1/months/${MONTH}`),
  },
  {
    key: 'changes',
    name: '/v1/changes of 100',
    who: 'limited',
    status: 200,
    requests: (person) => get(`/v1/changes?limit=100&since=${person.since}`)(person),
    minRatio: 0.65,
  },
  {
    key: 'get-304',
    name: 'GET an expense with If-None-Match: 304',
    who: 'limited',
    status: 304,
    requests: (person) => ({
      ...get(READ_PATH)(person),
      headers: { ...withToken(person), 'If-None-Match': person.etag },
    }),
  },
  {
    key: 'months',
    name: 'GET /v1/months of 36',
    who: 'limited',
    status: 200,
    requests: get(`/v1/months?from=${FIRST_OF_36}&to=${MONTH}`),
  },
  {
    key: 'month-plan',
    name: 'month view with a plan',
    who: 'planning',
    status: 200,
    requests: get(`/v1/months/${PLANNED[0].slice(0, 7)}`),
  },
  {
    key: 'occurrences',
    name: 'occurrences of four weeks, one on each day',
    who: 'planning',
    status: 200,
    requests: get(`/v1/occurrences?from=${PLANNED[0]}&to=${PLANNED[1]}`),
  },
  {
    key: 'livez',
    name: 'GET /livez',
    who: 'nobody',
    status: 200,
    requests: () => ({ method: 'GET', path: '/livez', headers: {} }),
    minRatio: 0.6,
  },
  {
    key: 'login',
    name: 'log in',
    who: 'limited',
    status: 200,
    requests: ({ username }) => ({
      method: 'POST',
      path: '/v1/auth/login',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password: PASSWORD }),
    }),
    connections: LOGIN_CONNECTIONS,
  },
  {
    key: 'post-limits',
    name: 'POST an expense with 10 limits with rollover',
    who: 'limited',
    status: 201,
    requests: post,
    minRatio: 0.55,
    isPost: true,
  },
  {
    key: 'post-no-limit',
    name: 'POST an expense with no limit at all',
    who: 'unlimited',
    status: 201,
    requests: post,
    minRatio: 0.55,
    isPost: true,
  },
  { key: 'put', name: 'PUT an expense', who: 'limited', status: 200, requests: sending('PUT', another, expense) },
  {
    key: 'patch',
    name: 'PATCH an expense',
    who: 'limited',
    status: 200,
    requests: sending('PATCH', another, () => ({ amount: 1 + (made++ % 97) })),
  },
  {
    key: 'batch',
    name: `batch of ${BATCH}`,
    who: 'limited',
    status: 200,
    requests: sending(
      'POST',
      () => '/v1/expenses/batch',
      (person) => ({ put: Array.from({ length: BATCH }, () => ({ id: newId(), ...expense(person) })) }),
    ),
  },
]
