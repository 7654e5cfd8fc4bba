/**
 * `text` as a search compares it: composed (NFC) and without case, in any script; SQLite's `lower` knows only ASCII.
 * A sigma is the same at the end of a word as within, or a part of a word would not be found in the whole.
 */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ')
