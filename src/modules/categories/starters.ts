/** The categories that a user has to start with. */
export const STARTERS = [
  'Food',
  'Housing',
  'Transport',
  'Health',
  'Education',
  'Leisure',
  'Clothing',
  'Travel',
  'Other',
]
