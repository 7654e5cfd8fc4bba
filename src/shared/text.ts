/**
 * `text` as a search compares it: without case and composed (NFC), in any script. SQLite's `lower` knows only ASCII. It
 * goes through upper case, so that `ß` equals `ss`, and has one sigma, so that the end of a word is found in a longer one.
 */
export const fold = (text: string): string => text.toUpperCase().toLowerCase().normalize('NFC').replaceAll('ς', 'σ')
