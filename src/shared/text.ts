/** `text` as a search compares it: composed (NFC) and without case, in any script. SQLite's `lower` knows only ASCII. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase()
