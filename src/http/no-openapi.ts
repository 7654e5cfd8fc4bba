/**
 * Replaces zod-to-openapi in the bundle (see wrangler.toml). scripts/build.ts has written the OpenAPI document before that:
 * in the Worker nobody reads the descriptions and examples of the schemas, and to note them would take a tenth of the
 * start of an isolate.
 */
type Zod = { ZodType: { prototype: object } }

/** Lets schemas say `.openapi(…)`, which changes nothing about them. */
export const extendZodWithOpenApi = ({ ZodType }: Zod) =>
  Object.assign(ZodType.prototype, {
    openapi(this: object) {
      return this
    },
  })

/** Takes routes, and knows none. */
export class OpenAPIRegistry {
  readonly definitions = []
  registerPath() {}
}

// What only the writing of a document would call.
export const OpenApiGeneratorV3 = undefined
export const OpenApiGeneratorV31 = undefined
export const getOpenApiMetadata = undefined
