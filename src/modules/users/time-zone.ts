import { isTimeZone } from '../../shared/calendar.ts'

let names: Map<string, string> | undefined

/**
 * A time zone as the IANA database spells it, whatever the case of `name`; undefined for one that it does not have, as
 * `PST` or `+02:00`. Former names stay as they are: which of two names people use is theirs to choose. scripts/build.ts
 * makes the list, since `Intl` lists only those names that it prefers itself, and not even `UTC`. It is loaded when the
 * first zone is set, so that it does not slow down the start of an isolate.
 */
export const ianaName = async (name: string): Promise<string | undefined> => {
  const { default: list } = await import('../../../.build/time-zones.txt')
  names ??= new Map(list.split('\n').map((known) => [known.toLowerCase(), known]))
  const found = names.get(name.toLowerCase())
  return found !== undefined && isTimeZone(found) ? found : undefined
}
