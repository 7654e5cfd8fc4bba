type Schema = Record<string, unknown>

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The largest integer of 32 bits. */
const MAX_INT32 = 2_147_483_647

const isInteger = ({ type }: Schema) => [type].flat().includes('integer')

/** Generators take an integer for one of 32 bits where nothing else is said: sums of money are larger. */
const withFormat = (schema: Schema): Schema => {
  const fits = typeof schema.maximum === 'number' && schema.maximum <= MAX_INT32
  return isInteger(schema) && !fits ? { ...schema, format: 'int64' } : schema
}

/** Generators make a member required that has a default: so that is only told to people. */
const withDefaultTold = ({ default: value, ...schema }: Schema): Schema => {
  if (value === undefined) return schema
  const told = `If left out: \`${JSON.stringify(value)}\``
  return { ...schema, description: [schema.description, told].filter(Boolean).join('. ') }
}

/** A reference that is described anew where it stands: in JSON Schema 2020-12 that needs no `allOf`. */
const withPlainReference = (schema: Schema): Schema => {
  const [first, second, ...others] = Array.isArray(schema.allOf) ? schema.allOf : []
  const isReference = isObject(first) && '$ref' in first && isObject(second) && others.length === 0
  return isReference && !('type' in second) ? { ...first, ...second } : schema
}

/** What `type` says of a schema that is something or null, or undefined of any other. */
const typeBesideNull = ({ type }: Schema): unknown =>
  Array.isArray(type) && type.length === 2 && type.includes('null') ? type.find((one) => one !== 'null') : undefined

/** A name is that of what is there: null stands beside the reference, and not in the schema. */
const withoutNull = (schema: Schema): Schema => {
  const type = typeBesideNull(schema)
  return type === undefined ? schema : { ...schema, type }
}

const withNullBeside = (schema: Schema, nullable: string[]): Schema => {
  const { $ref, ...others } = schema
  const isOne = nullable.some((name) => $ref === `#/components/schemas/${name}`)
  return isOne ? { anyOf: [{ $ref }, { type: 'null' }], ...others } : schema
}

/** Applies `change` to a schema and to each schema within it; the `example` of one is no schema. */
const everySchema = (schema: unknown, change: (schema: Schema) => Schema): unknown => {
  if (Array.isArray(schema)) return schema.map((inner) => everySchema(inner, change))
  if (!isObject(schema)) return schema
  const inner = Object.entries(schema).map(([name, value]) => [
    name,
    ['example', 'examples', 'enum'].includes(name) ? value : everySchema(value, change),
  ])
  return change(Object.fromEntries(inner))
}

/** The document, with what the generators of clients need to be told. */
export const forGenerators = <T extends { paths?: object | undefined; components?: object | undefined }>(
  document: T,
): T => {
  const { paths, components } = document
  const { schemas, ...others } = components as { schemas: Record<string, Schema> }
  const nullable = Object.keys(schemas).filter((name) => typeBesideNull(schemas[name] ?? {}))
  const change = (schema: Schema) => withPlainReference(withNullBeside(withFormat(schema), nullable))
  const named = Object.entries(schemas).map(([name, schema]) => [
    name,
    everySchema(withoutNull(schema), (inner) => withDefaultTold(change(inner))),
  ])
  return {
    ...document,
    paths: everySchema(paths, change),
    components: { ...others, schemas: Object.fromEntries(named) },
  }
}
