/**
 * Whether `password` is a common one, ignoring case. scripts/build.ts makes the list. It is loaded when the first
 * password is set, so that it does not slow down the start of an isolate.
 */
export const isCommonPassword = async (password: string): Promise<boolean> => {
  const { default: list } = await import('../../../.build/common-passwords.txt')
  return list.includes(`\n${password.toLowerCase()}\n`)
}
