/** The page of /apidocs, and the policy under which a browser shows it. */
import { createHash } from 'node:crypto'
import { SwaggerUI } from '@hono/swagger-ui'

const ui = SwaggerUI({
  baseUrl: '/apidocs',
  url: '/openapi.json',
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  // Folded: an operation shows the schemas that it uses.
  defaultModelsExpandDepth: 0,
  // The default asks a validator on another host.
  validatorUrl: 'none',
})

export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Outlay API</title>
    <link rel="icon" href="/apidocs/swagger-ui-dist/favicon-32x32.png">
  </head>
  <body>${ui}
    <link rel="stylesheet" href="/apidocs/style.css">
  </body>
</html>
`

const [, script = ''] = /<script>(.*?)<\/script>/s.exec(page) ?? []
const hash = createHash('sha256').update(script).digest('base64')

/** Allows files of our own, and the one inline script. */
export const policy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${hash}'`,
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
