import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isolatedEnv } from './isolated-env.ts'
import { root } from './root.ts'

/** Of the report of `redocly diff`: `path` leads to the change through its operation, `pointer` is where it stands. */
type Change = {
  path: string
  typeName: string
  kind: 'added' | 'removed' | 'modified'
  impact: 'major' | 'minor' | 'patch'
  verdicts: { message: string }[]
  property?: string
  base?: { pointer: string; value?: unknown }
  revision?: { pointer: string; value?: unknown }
}

type Document = { paths: Record<string, Record<string, { operationId?: string }>> }

/** What differs, in a few words, and its names, one of which the changelog must have. */
export type Difference = { what: string; isBreaking: boolean; names: string[] }

const WORDS = ['description', 'summary', 'example', 'examples', 'tags']
const TEXTS = ['Info', 'Tag', 'TagList', 'Example', 'ExamplesMap']

const isSchema = ({ path }: Change) => path.startsWith('#/components/schemas/')

/** Whether only people see it, or it is a component: what refers to a new one differs, too. */
const isUnseen = (change: Change): boolean => {
  const isComponent = /^#\/components\/\w+\/[^/]+$/.test(change.path)
  const isWords = WORDS.includes(change.property ?? '') || TEXTS.includes(change.typeName)
  return isWords || (isComponent && (change.kind === 'added' || !isSchema(change)))
}

/**
 * Redocly rates what breaks a request or the reader of an answer. Besides, generated clients use the names of schemas; an
 * alternative of a request may be one that is sent; and a header may be one that is waited for.
 */
const breaks = (change: Change): boolean => {
  const { path, typeName, kind, property, impact, revision } = change
  const isInRequest = path.includes('/requestBody/') || path.includes('/parameters/')
  const losesName = isSchema(change) && (kind === 'removed' || property === 'key')
  const losesAlternative = isInRequest && typeName === 'Schema' && kind === 'removed'
  const losesHeader = typeName === 'Header' && property === 'required' && revision?.value !== true
  return impact === 'major' || losesName || losesAlternative || losesHeader
}

const membersOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'object' && value !== null ? Object.keys(value) : []

/** The schema in which it stands, or else its operation. */
const containersOf = ({ path, base, revision }: Change, documents: Document[]): string[] => {
  const pointers = [base, revision].map((place) => place?.pointer ?? '')
  const schemas = pointers.flatMap((pointer) => /^#\/components\/schemas\/([^/]+)/.exec(pointer)?.[1] ?? [])
  if (schemas.length > 0) return schemas
  const places = [path, ...pointers].flatMap((place) => [...place.matchAll(/^#\/paths\/([^/]+)(?:\/(\w+))?/g)])
  return places.flatMap(([, escaped = '', method = '']) => {
    const template = escaped.replaceAll('~1', '/')
    return [...documents.flatMap(({ paths }) => paths[template]?.[method]?.operationId ?? []), template]
  })
}

/** What in there differs: a member, a header or a status, what a list has gained, or what a new parameter is called. */
const partsOf = ({ path, typeName, property = '', base, revision }: Change): string[] => {
  const step = /^.*\/(?:properties|headers|responses)\/([^/]+)/.exec(path)?.[1]
  const isList = ['required', 'enum'].includes(property) || ['HeadersMap', 'SecurityRequirement'].includes(typeName)
  const [before, after] = [base, revision].map((place) => new Set(membersOf(place?.value)))
  const listed = isList && before && after ? [...before.symmetricDifference(after)] : []
  const added: unknown = revision?.value
  const isParameter = typeName === 'Parameter' && typeof added === 'object' && added !== null && 'name' in added
  return [...(step ? [step] : []), ...listed, ...(isParameter ? [String(added.name)] : [])]
}

/**
 * What differs between the OpenAPI documents in two files, but for words. What breaks is named by its operation or schema,
 * so that those who use it find it; of an addition, its own name is enough. The same schema in another form differs, too.
 */
export const differences = (base: string, revision: string): Difference[] => {
  const documents = [base, revision].map((file): Document => JSON.parse(readFileSync(file, 'utf8')))
  // A new value of an enum is an addition: the document tells clients to expect it.
  const args = ['diff', base, revision, '--format', 'json', '--fail-on', 'none', '--skip-rule', 'enum-values-added']
  const options = { encoding: 'utf8', maxBuffer: 2 ** 28, env: isolatedEnv(join(root, '.data/lint')) } as const
  const { stdout, stderr } = spawnSync('redocly', args, options)
  if (!stdout.startsWith('{')) throw new Error(`redocly diff failed: ${stdout}${stderr}`)
  const { changes }: { changes: Change[] } = JSON.parse(stdout)
  return changes
    .filter((change) => !isUnseen(change))
    .map((change) => {
      const isBreaking = breaks(change)
      const verdict = change.verdicts.map(({ message }) => message).join(' ')
      const where = change.path.replace(/^#\/(paths\/)?/, '').replaceAll('~1', '/')
      const what = verdict || `${[change.property, where].filter(Boolean).join(' of ')} was ${change.kind}.`
      const containers = containersOf(change, documents)
      // What breaks is found by its own name: an entry on a path may be about any of its operations.
      const exact = containers.filter((name) => !name.startsWith('/'))
      const breaking = exact.length > 0 ? exact : containers
      return { what, isBreaking, names: [...new Set(isBreaking ? breaking : [...containers, ...partsOf(change)])] }
    })
}

/** The entries of a changelog under [Unreleased]: an indented list belongs to the entry above it. */
const unreleased = (changelog: string): string[] => {
  const sections = changelog.split(/^## /m)
  return (sections.find((text) => text.startsWith('[Unreleased]')) ?? '').split(/^- /m).slice(1)
}

/** Whether an entry has the name in code, or a status anywhere. */
const mentions = (entry: string, name: string): boolean => {
  const isStatus = /^\d{3}$/.test(name)
  const texts = isStatus ? [entry] : [...entry.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
  return texts.some((text) => new RegExp(`(?<![\\w/{}-])${RegExp.escape(name)}(?![\\w/{}-])`).test(text))
}

/** Those of the differences that the changelog does not tell: what breaks, in an entry that begins with **Breaking:**. */
export const untold = (found: Difference[], changelog: string): Difference[] => {
  const entries = unreleased(changelog)
  return found.filter(({ isBreaking, names }) => {
    const fitting = isBreaking ? entries.filter((entry) => entry.startsWith('**Breaking:**')) : entries
    return !names.some((name) => fitting.some((entry) => mentions(entry, name)))
  })
}
