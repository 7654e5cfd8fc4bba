import type { Context } from 'hono'
import { causeOf } from './errors.ts'
import { logBreak } from './request-log.ts'

/** Some rows of a member. Those of one member come one after the other. */
type Portion<Name> = { name: Name; rows: unknown[] }

type Members<Name extends string> = {
  /** What comes first. It has at least one member. */
  known: object
  /** What each row of a member becomes. */
  toItem: Record<Name, (row: never) => object>
  /** The member that is one row; every other is an array of them. */
  single: Name
}

/** The text of a JSON object, piece by piece. */
async function* textOf<Name extends string>(
  { known, toItem, single }: Members<Name>,
  portions: AsyncIterable<Portion<Name>>,
) {
  let [open, end, separator] = ['', '', '']
  yield JSON.stringify(known).slice(0, -1)
  for await (const { name, rows } of portions) {
    let text = ''
    if (name !== open) {
      const [start, close] = name === single ? ['', ''] : ['[', ']']
      text = `${end},${JSON.stringify(name)}:${start}`
      ;[open, end, separator] = [name, close, '']
    }
    for (const row of rows) {
      text += separator + JSON.stringify(toItem[name](row as never))
      separator = ','
    }
    yield text
  }
  yield `${end}}`
}

/** The same in UTF-8. What goes wrong is logged and thrown: the answer has begun, so it can only be broken off. */
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
 * Answers with a JSON object that is made while it is sent, in constant memory. If reading fails midway, the connection
 * breaks: the client never gets half an object that looks whole. The answer is not in the return type.
 */
export const streamObject = <Name extends string>(
  c: Context,
  members: Members<Name>,
  portions: AsyncIterable<Portion<Name>>,
) => {
  const stream = ReadableStream.from(bytesOf(c, textOf(members, portions)))
  return c.body(stream, 200, { 'Content-Type': 'application/json' }) as never
}
