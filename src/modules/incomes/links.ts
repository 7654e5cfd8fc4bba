import { linksOf } from '../plans/links.ts'

/** How incomes go with the plans that they are posted from. */
export const incomeLinks = linksOf('incomes', 'income')
