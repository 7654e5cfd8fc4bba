import type { Router } from 'hono/router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'

/**
 * Hono's fastest router, or its TrieRouter if there is a path that the fastest does not take. It is built when it is first
 * asked for a route, and not when the isolate starts.
 */
const fastest = <T>() => new SmartRouter<T>({ routers: [new RegExpRouter(), new TrieRouter()] })

/**
 * The fastest router twice: once for the paths without parameters, which are looked up first, and once for those with
 * them. One alone does not take `/v1/expenses/export` beside `/v1/expenses/:id`, and the TrieRouter needs several times as
 * long to find a route. A handler or middleware of a path with parameters never runs for a path without.
 */
export class PathRouter<T> implements Router<T> {
  readonly name = 'PathRouter'
  readonly #paths = new Set<string>()
  readonly #fixed = fastest<T>()
  readonly #parameterized = fastest<T>()

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
