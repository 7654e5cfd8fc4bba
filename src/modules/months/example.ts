const food = {
  target: '0198c5d2-7b3e-7c4a-9f60-3d1f8a2b4c5e',
  name: 'Food',
  limit: 40_000,
  carriedIn: 2500,
  spent: 35_200,
  available: 7300,
  percentUsed: 82.8,
  state: 'alert',
  dailyAllowance: 912,
  projectedSpent: 45_913,
  rollover: 'surplus',
  alertPercents: [80, 100],
  setIn: '2026-09',
}
const nothing = { limit: null, carriedIn: null, available: null, percentUsed: null, state: null, dailyAllowance: null }
const housing = {
  ...nothing,
  target: '0198c5d2-7b3e-7c4a-9f60-3d1f8a2b4c5f',
  name: 'Housing',
  spent: 120_000,
  projectedSpent: 156_522,
  rollover: null,
  alertPercents: null,
  setIn: null,
}
const overall = {
  target: 'overall',
  name: null,
  limit: 200_000,
  carriedIn: 0,
  spent: 156_499,
  available: 43_501,
  percentUsed: 78.2,
  state: 'under',
  dailyAllowance: 5437,
  projectedSpent: 204_129,
  rollover: 'none',
  alertPercents: [80, 100],
  setIn: '2026-01',
}

/** A month as it stands on its 23rd day: the document shows it, and test/modules/months.test.ts adds it up. */
export const exampleMonth = {
  month: '2026-11',
  from: '2026-11-01',
  to: '2026-11-30',
  currency: 'USD',
  daysLeft: 8,
  income: 320_000,
  spent: 156_499,
  net: 163_501,
  overall,
  categories: [food, housing],
  uncategorized: { spent: 1299 },
}
