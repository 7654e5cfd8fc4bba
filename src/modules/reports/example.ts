/** A year by category, of which `limit=2` shows the largest: the document shows it, and test/modules/reports.test.ts adds it up. */
export const exampleReport = {
  from: '2026-01-01',
  to: '2026-12-31',
  currency: 'USD',
  total: 1_650_500,
  count: 142,
  data: [
    { key: '0198c5d2-7b3e-7c4a-9f60-3d1f8a2b4c5f', name: 'Housing', amount: 1_320_000, count: 11 },
    { key: '0198c5d2-7b3e-7c4a-9f60-3d1f8a2b4c5e', name: 'Food', amount: 298_200, count: 117 },
  ],
  rest: { amount: 32_300, count: 14 },
  previous: { from: '2025-01-01', to: '2025-12-31', total: 1_702_500 },
}
