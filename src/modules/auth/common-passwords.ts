/**
 * Whether `password` is one of the common ones, whatever the case. The list is made by scripts/build.ts, and loaded
 * when the first password is set: it has no part in the start of an isolate.
 */
export const isCommonPassword = async (password: string): Promise<boolean> => {
  const { default: list } = await import('../../../.build/common-passwords.txt')
  return list.includes(`\n${password.toLowerCase()}\n`)
}
