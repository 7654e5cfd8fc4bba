/**
 * Replaces zod-to-openapi in the bundle (see wrangler.toml). scripts/build.ts has written the OpenAPI document before that:
 * in the Worker nobody reads the descriptions and examples of the schemas, and storing them would take a tenth of the time
 * in which an isolate starts.
 */
import { ZodType } from 'zod'

/** Lets schemas say `.openapi(…)`, which changes nothing about them. */
export const extendZodWithOpenApi = () =>
  Object.assign(ZodType.prototype, {
    openapi(this: object) {
      return this
    },
  })

/** Takes routes, and keeps none. */
export class OpenAPIRegistry {
  readonly definitions = []
  registerPath() {}
}

// Only what writes a document calls these.
export const OpenApiGeneratorV3 = undefined
export const OpenApiGeneratorV31 = undefined
export const getOpenApiMetadata = undefined
