import { linksOf } from '../plans/links.ts'

/** How expenses go with the plans that they are posted from. */
export const expenseLinks = linksOf('expenses', 'expense')
