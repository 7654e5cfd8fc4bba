import { vi } from 'vitest'

/** Everything that is printed while `work` is done, each line as it is. */
export const printedDuring = async (work: () => Promise<unknown>): Promise<string[]> => {
  const lines: string[] = []
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...parts) => void lines.push(parts.join(' '))),
  )
  try {
    await work()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return lines
}

/** The lines of the log that `work` causes, as what they say. */
// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a line, member by member.
export const loggedDuring = async (work: () => Promise<unknown>): Promise<any[]> =>
  (await printedDuring(work)).map((line) => JSON.parse(line))
