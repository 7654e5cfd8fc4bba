import type { Router } from 'hono/router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'

/** Hono's fastest router, which is built when it is first asked: no isolate has to wait for it to start. */
const builtLate = <T>() => new SmartRouter<T>({ routers: [new RegExpRouter()] })

/**
 * The fastest router twice: once for the paths without parameters, which are looked up first, and once for those with
 * them. One alone refuses `/v1/expenses/export` beside `/v1/expenses/:id`, and Hono would then take its TrieRouter, which
 * needs several times as long for each request.
 */
export class PathRouter<T> implements Router<T> {
  readonly name = 'PathRouter'
  readonly #paths = new Set<string>()
  readonly #fixed = builtLate<T>()
  readonly #parameterized = builtLate<T>()

  add(method: string, path: string, handler: T) {
    const isForAll = path.includes('*')
    const hasParameters = path.includes(':')
    if (!isForAll && !hasParameters) this.#paths.add(path)
    if (!hasParameters) this.#fixed.add(method, path, handler)
    if (isForAll || hasParameters) this.#parameterized.add(method, path, handler)
  }

  match(method: string, path: string) {
    return (this.#paths.has(path) ? this.#fixed : this.#parameterized).match(method, path)
  }
}
