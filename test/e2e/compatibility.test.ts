import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { differences, untold } from '../../scripts/differences.ts'
import { root } from '../../scripts/root.ts'

const folder = join(root, '.data/compatibility')
mkdirSync(folder, { recursive: true })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } })
const ETag = { required: true, schema: { type: 'string' } }
const text = { type: 'string' }

const RELEASED = {
  openapi: '3.1.0',
  info: { title: 'Things', version: '1.0.0' },
  paths: {
    '/things': {
      get: {
        operationId: 'listThings',
        security: [],
        parameters: [
          { name: 'q', in: 'query', required: false, schema: { type: 'string', maxLength: 120 } },
          { name: 'sort', in: 'query', schema: { type: 'string', enum: ['name', '-name'] } },
          { name: 'tag', in: 'query', schema: text },
        ],
        responses: {
          200: { description: 'Things', headers: { ETag }, content: json('Thing') },
          304: { description: 'Unchanged' },
        },
      },
      post: {
        operationId: 'createThing',
        requestBody: { required: true, content: json('NewThing') },
        responses: { 201: { description: 'A thing', headers: { ETag }, content: json('Thing') } },
      },
    },
    '/others': { get: { operationId: 'listOthers', responses: { 200: { description: 'Others' } } } },
    '/others/{id}': {
      get: { operationId: 'getOther', responses: { 200: { description: 'One' } } },
      delete: { operationId: 'deleteOther', responses: { 204: { description: 'Gone' } } },
    },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        required: ['id', 'name', 'size', 'unit'],
        properties: { id: text, name: text, size: { type: 'integer' }, unit: { $ref: '#/components/schemas/Unit' } },
      },
      NewThing: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', maxLength: 60 },
          size: { type: ['integer', 'null'] },
          colour: text,
          unit: { $ref: '#/components/schemas/Unit' },
          shape: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
        },
      },
      Unit: { type: 'string', enum: ['day', 'week', 'month'] },
    },
  },
}

/** A copy with another value, or none, where the keys lead. */
const withValue = (node: unknown, [key, ...keys]: string[], value: unknown): unknown => {
  if (key === undefined) return value
  if (Array.isArray(node)) return node.map((item, index) => (`${index}` === key ? withValue(item, keys, value) : item))
  const members: Record<string, unknown> = { ...(node as object) }
  return { ...members, [key]: withValue(members[key], keys, value) }
}

const differencesBy = (edits: (readonly [string, unknown, ...unknown[]])[]) => {
  const changed = edits.reduce<unknown>(
    (document, [keys, value]) => withValue(document, keys.split(' '), value),
    RELEASED,
  )
  const [released, next] = [join(folder, 'released.json'), join(folder, 'next.json')]
  writeFileSync(released, JSON.stringify(RELEASED))
  writeFileSync(next, JSON.stringify(changed))
  return differences(released, next)
}

const told = (...entries: string[]) =>
  `# Changelog\n\n## [Unreleased]\n\n### Added\n\n${entries.map((entry) => `- ${entry}\n`).join('')}\n## [0.1.0]\n\n- \`Old\`\n`

describe('the document of the next release', () => {
  it('breaks clients by whatever it takes away, narrows or renames', () => {
    const THING = 'components schemas Thing'
    const NEW = 'components schemas NewThing'
    const LIST = 'paths /things get'
    const breaks = [
      ['paths /others', undefined, /`\/others` was removed.*\/others\]/],
      ['paths /others/{id} delete', undefined, /DELETE \/others\/\{id\}.*removed.*deleteOther/],
      ['paths /others/{id} get operationId', 'readOther', /'getOther' to 'readOther'.*getOther,.*readOther/],
      [`${LIST} parameters 0 required`, true, /`q` query parameter became required.*listThings/],
      [`${LIST} parameters 0 schema maxLength`, 10, /'120' to '10'.*listThings/],
      [`${LIST} parameters 1 schema enum`, ['name'], /lost values: '-name'.*listThings/],
      [`${LIST} parameters 2`, { name: 'label', in: 'query', schema: text }, /`tag`.*listThings/],
      [`${LIST} responses 304`, undefined, /`304` was removed.*listThings/],
      [`${LIST} responses 200 headers ETag required`, false, /required of .*ETag was modified.*listThings/],
      [`${LIST} security`, [{ token: [] }], /Authentication became required.*listThings/],
      ['paths /things post responses 201 headers', {}, /`ETag` was removed.*createThing/],
      [`${THING} properties id`, undefined, /`id` of `Thing` was removed.*Thing/],
      [`${THING} required`, ['size', 'unit'], /no longer required: .*`name`.*Thing/],
      [`${THING} properties size type`, ['integer', 'null'], /widened from 'integer' to 'integer \| null'.*Thing/],
      [`${NEW} required`, ['name', 'size'], /became required: `size`.*NewThing/],
      [`${NEW} properties name maxLength`, 50, /'60' to '50'.*NewThing/],
      [`${NEW} properties size type`, 'integer', /narrowed from 'integer \| null'.*NewThing/],
      [`${NEW} properties colour`, undefined, /colour.*was removed.*NewThing/],
      [`${NEW} properties shape`, { anyOf: [{ type: 'string' }] }, /shape.*was removed.*NewThing/],
      ['components schemas Unit enum', ['day', 'month'], /lost values: 'week'.*Unit/],
    ] as const
    const lines = differencesBy([...breaks, ['components securitySchemes token', { type: 'http', scheme: 'bearer' }]])
      .filter(({ isBreaking }) => isBreaking)
      .map(({ what, names }) => `${what} [${names}]`)
    for (const [, , expected] of breaks)
      expect(
        lines.filter((line) => expected.test(line)),
        `${expected}`,
      ).not.toEqual([])
    const renamed = JSON.parse(JSON.stringify(RELEASED).replaceAll('NewThing', 'ThingDraft'))
    const [difference] = differencesBy([
      ['components', renamed.components],
      ['paths', renamed.paths],
    ])
    expect(difference).toMatchObject({ isBreaking: true, names: expect.arrayContaining(['NewThing']) })
  })

  it('breaks nobody by what it adds or allows, and each addition must be told; words need not', () => {
    const THING = 'components schemas Thing'
    const found = differencesBy([
      ['paths /more', { get: { operationId: 'listMore', responses: { 200: { description: 'More' } } } }],
      ['paths /others post', { operationId: 'createOther', responses: { 201: { description: 'One' } } }],
      ['paths /things get parameters 0 schema maxLength', 200],
      ['paths /things post responses 409', { description: 'A conflict' }],
      [`${THING} properties weight`, { type: 'integer' }],
      [`${THING} required`, ['id', 'name', 'size', 'unit', 'weight']],
      ['components schemas Unit enum', ['day', 'week', 'month', 'year']],
      ['paths /others get deprecated', true],
      [`${THING} description`, 'Anything'],
      ['paths /others/{id} get summary', 'Read one'],
      ['info version', '1.1.0'],
    ])
    expect(found.filter(({ isBreaking }) => isBreaking)).toEqual([])
    const untoldBy = (...entries: string[]) => untold(found, told(...entries)).map(({ names }) => names.at(-1))
    const all = untoldBy()
    expect(new Set(all)).toEqual(new Set(['/more', '/others', '/things', '409', 'weight', 'year']))
    expect(
      untoldBy(
        '`GET /more` and `POST /others`.',
        'A thing\n  has `weight`, and a unit `year`.\n  - A name that is taken is a 409.',
        '`listThings` takes a longer `q`.',
      ),
    ).toEqual([])
    // Neither part of a word, nor without being code, nor in the section of a release.
    expect(untoldBy('`/others/more`, `weights`, year, `GET /things/{id}`.')).toEqual(all)
  })

  it('may break clients where the changelog says so in an entry for it', () => {
    const found = differencesBy([['components schemas Thing properties name', undefined]])
    expect(found.length).toBeGreaterThan(0)
    expect(untold(found, told('A `Thing` has no `name`.'))).toEqual(found)
    expect(untold(found, told('**Breaking:** all have no `name`.'))).toEqual(found)
    expect(untold(found, told('**Breaking:** a `Thing` has no `name`.'))).toEqual([])
    // An entry on the path may be about another operation of it.
    const renamed = differencesBy([['paths /others/{id} get operationId', 'readOther']])
    expect(untold(renamed, told('**Breaking:** `/others/{id}` needs a token.'))).toEqual(renamed)
    expect(untold(renamed, told('**Breaking:** `getOther` is `readOther`.'))).toEqual([])
  })
})
