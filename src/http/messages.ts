import type * as z from 'zod'

/** What a value must be, by the name that Zod has for its type. */
const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a whole number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

/** What a text must be, by the name that Zod has for its format. */
const FORMATS: Record<string, string> = {
  date: 'a day YYYY-MM-DD that exists',
  email: 'an e-mail address',
  uuid: 'a UUIDv7 in lower case',
}

/** What there is a minimum or maximum of, by the name that Zod has for the type of the whole. */
const UNITS: Record<string, string> = { string: ' characters', array: ' items' }

const mustBe = (what: string | undefined) => what && `Must be ${what}`

const bound = (origin: string, word: 'least' | 'most', limit: unknown) => {
  const unit = UNITS[origin]
  return unit ? `Must have at ${word} ${limit}${unit}` : `Must be at ${word} ${limit}`
}

/** Says what is wrong with a value in plain words, where its schema does not say it. Zod's own words are for developers. */
export const messageOf = (issue: z.core.$ZodRawIssue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'Is required' : mustBe(TYPES[issue.expected])
    case 'too_small':
      return bound(issue.origin, 'least', issue.minimum)
    case 'too_big':
      return bound(issue.origin, 'most', issue.maximum)
    case 'invalid_value':
      return mustBe(issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`)
    case 'invalid_format':
      return mustBe(FORMATS[issue.format])
    default:
      return undefined
  }
}

/** The figures that a message has, so that a client can say it in another language. */
export const figuresOf = (issue: z.core.$ZodIssue) => {
  switch (issue.code) {
    case 'too_small':
      return { minimum: Number(issue.minimum) }
    case 'too_big':
      return { maximum: Number(issue.maximum) }
    case 'invalid_value':
      return { allowed: issue.values.map(String) }
    case 'custom':
      return { minimum: issue.params?.minimum, maximum: issue.params?.maximum }
    default:
      return {}
  }
}
