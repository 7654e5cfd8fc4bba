/**
 * `text` as a search compares it: without case and composed (NFC), in any script; SQLite's `lower` knows only ASCII. By
 * way of capitals, since `ß` is `SS`; and with one sigma, or the end of a word would not be found within a longer one.
 */
export const fold = (text: string): string => text.toUpperCase().toLowerCase().normalize('NFC').replaceAll('ς', 'σ')
