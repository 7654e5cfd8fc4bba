import { statements, toStatement } from '../../db/statement.ts'
import { now } from '../../shared/clock.ts'
import { readiness } from './table.ts'

export const touch = () => {
  const checkedAt = now()
  return toStatement(
    statements
      .insert(readiness)
      .values({ id: 1, checkedAt })
      .onConflictDoUpdate({ target: readiness.id, set: { checkedAt } }),
  )
}
