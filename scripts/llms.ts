import type { openApiDocument } from '../src/http/document.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** A pointer to an operation of the document. */
const linkTo = (path: string, method: string) => `/openapi.json#/paths/${path.replaceAll('/', '~1')}/${method}`

/**
 * Makes /llms.txt, what a language model must know to write a client (https://llmstxt.org), from the OpenAPI document: its
 * description, of which the first paragraph is the summary, and a line for each operation under its tag.
 */
export const llmsTxt = ({ info, tags = [], paths = {} }: ReturnType<typeof openApiDocument>): string => {
  const [summary, ...conventions] = (info.description ?? '').split('\n\n')
  const lines = Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const { operationId, summary, tags = [], security = [], deprecated } = operations[method] ?? {}
      if (!operationId) return []
      const access = `${security.length === 0 ? ', without a token' : ''}${deprecated ? ', deprecated' : ''}`
      const link = `[${method.toUpperCase()} ${path}](${linkTo(path, method)})`
      return { tag: tags[0], line: `- ${link}: ${summary} (\`${operationId}\`${access})` }
    }),
  )
  const linesOf = Map.groupBy(lines, ({ tag }) => tag)
  const sections = tags.map(({ name, description }) =>
    [`## ${name}`, `${description}.`, (linesOf.get(name) ?? []).map(({ line }) => line).join('\n')].join('\n\n'),
  )
  const documents = `
- [OpenAPI document](/openapi.json): version ${info.version}, with every parameter, body, answer and example
- [Problems](/problems): what each \`code\` of an error means, as JSON
- [Reference](/apidocs): the document as a page for people`
  const parts = [`# ${info.title}`, `> ${summary}`, ...conventions, `## Documents\n${documents}`, ...sections]
  return `${parts.join('\n\n')}\n`
}
