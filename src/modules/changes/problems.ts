import { defineProblem } from '../../shared/problem.ts'

export const cursorExpired = defineProblem({
  code: 'cursor_expired',
  status: 410,
  title: 'The cursor is too old',
  detail:
    'Since this cursor, something was deleted more than a year ago, which the server no longer knows. Drop your copy and ' +
    'start without `since`.',
})
