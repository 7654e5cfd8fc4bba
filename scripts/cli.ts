import { LibsqlError } from '@libsql/client/http'
import { SetupError } from './sqld.ts'

/** Runs a command. A SetupError, or one of the database, is printed as one line, and the exit code is 1. */
export const run = async (command: () => Promise<void>) => {
  try {
    await command()
  } catch (error) {
    if (!(error instanceof SetupError || error instanceof LibsqlError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
