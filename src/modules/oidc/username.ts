/** The longest username. */
const MAX_LENGTH = 32

/** The username that an address suggests: what is before its `@`, with `-` for what no username has in it. */
export const usernameOf = (email: string): string =>
  email
    .slice(0, email.indexOf('@'))
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, MAX_LENGTH)
    .padEnd(3, '-')

/** The same for somebody whose name another user has: with eight random digits. */
export const distinctUsername = (username: string): string => {
  const digits = crypto.getRandomValues(new Uint8Array(4)).toHex()
  return `${username.slice(0, MAX_LENGTH - digits.length - 1)}-${digits}`
}
