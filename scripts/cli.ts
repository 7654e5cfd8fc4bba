import { SetupError } from './sqld.ts'

/** Runs a command. A SetupError is printed as one line, and the exit code is 1. */
export const run = async (command: () => Promise<void>) => {
  try {
    await command()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
