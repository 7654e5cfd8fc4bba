import { inject } from 'vitest'
import { newId } from '../../src/shared/ids.ts'
import type { Behaviour } from './proxy.ts'

/** Settings of a Worker whose way to the database behaves so, and how many calls it made on it. */
export const databaseThat = (behaviour: Behaviour) => {
  const key = newId()
  return {
    settings: { TURSO_DATABASE_URL: `${inject('proxyUrl')}/${behaviour}/${key}/` },
    calls: async () => Number(await (await fetch(`${inject('proxyUrl')}/count/${key}`)).text()),
  }
}
