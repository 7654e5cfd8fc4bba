import { SetupError } from './sqld.ts'

/** Runs a command. What a person can put right ends it with one line and the exit code 1. */
export const run = async (command: () => Promise<void>) => {
  try {
    await command()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
