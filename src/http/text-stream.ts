import type { Context } from 'hono'
import { causeOf } from './errors.ts'
import { logBreak } from './request-log.ts'

/** Some rows of a select. Those of one select come one after the other. */
export type Portion<Name> = { name: Name; rows: unknown[] }

/** The text in UTF-8. What goes wrong is logged and thrown: the answer has begun, so it can only be broken off. */
async function* bytesOf(c: Context, texts: AsyncIterable<string>) {
  const encoder = new TextEncoder()
  try {
    for await (const text of texts) if (text !== '') yield encoder.encode(text)
  } catch (error) {
    logBreak(c, causeOf(error))
    throw error
  }
}

/**
 * Answers with a text that is made while it is sent, in constant memory. If reading fails midway, the connection breaks:
 * the client never gets half a text that looks whole. The answer is not in the return type.
 */
export const streamText = (c: Context, texts: AsyncIterable<string>, headers: Record<string, string>) =>
  c.body(ReadableStream.from(bytesOf(c, texts)), 200, headers) as never
