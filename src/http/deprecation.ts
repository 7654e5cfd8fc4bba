import { toHttpDate } from '../shared/clock.ts'
import { headerWithExample } from './document-headers.ts'

/** Days `YYYY-MM-DD`, which begin in UTC: since when a route should no longer be used, and until when it will answer. */
export type Deprecation = { since: string; sunset?: string; link?: string }

/**
 * The headers of every answer of a deprecated route: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a `Link` to a
 * page that tells more. Throws a RangeError where one is no day, or the end is before the beginning.
 */
export const deprecationHeaders = ({ since, sunset, link }: Deprecation): Record<string, string> => {
  const [begin, end] = [Date.parse(since), sunset === undefined ? Number.MAX_VALUE : Date.parse(sunset)]
  if (!(begin <= end)) throw new RangeError(`A route cannot be deprecated from ${since} to ${sunset}`)
  return {
    Deprecation: `@${begin / 1000}`,
    ...(sunset && { Sunset: toHttpDate(end) }),
    ...(link && { Link: `<${link}>; rel="deprecation"` }),
  }
}

const DESCRIPTIONS: Record<string, string> = {
  Deprecation: 'Since when this should no longer be used: `@` and the seconds since 1970 (RFC 9745)',
  Sunset: 'From when on this will not answer (RFC 8594)',
  Link: 'The page that tells what to use in its place',
}

/** The same headers in the document. */
export const documentedHeaders = (deprecation: Deprecation) =>
  Object.fromEntries(
    Object.entries(deprecationHeaders(deprecation)).map(([name, value]) => [
      name,
      headerWithExample(DESCRIPTIONS[name] ?? name, value),
    ]),
  )
