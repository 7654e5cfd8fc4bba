import type { Context } from 'hono'
import { type Portion, streamText } from './text-stream.ts'

type Members<Name extends string> = {
  /** What comes first. It has at least one member. */
  known: object
  /** What each row of a member becomes. */
  toItem: Record<Name, (row: never) => object>
  /** The member that is one row, if there is one; every other is an array of them. */
  single?: Name
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

/** Answers with a JSON object that is made while it is sent: see `streamText`. */
export const streamObject = <Name extends string>(
  c: Context,
  members: Members<Name>,
  portions: AsyncIterable<Portion<Name>>,
) => streamText(c, textOf(members, portions), { 'Content-Type': 'application/json' })
