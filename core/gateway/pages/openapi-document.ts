import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'

import { contract } from '../../contract/index.ts'
import { API_PREFIX } from '../api/api-handler.ts'
import { DOWNLOAD_OPERATION, DOWNLOAD_PATH } from '../downloads.ts'
import { sessionCookie } from '../guard/cookies.ts'

/** The API as OpenAPI 3.1 tells it, as JSON. It is made of the contract, so that it is never another, and only once. */
export function createOpenApiDocument(version: string, { isTls }: { readonly isTls: boolean }): () => Promise<string> {
  let made: Promise<string> | undefined
  return () => (made ??= makeDocument(version, isTls))
}

async function makeDocument(version: string, isTls: boolean): Promise<string> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(contract, {
    info: {
      title: 'Holdfast',
      version,
      description: 'Everything that the console and the command line do. Programs call it with a token of their own.',
    },
    servers: [{ url: API_PREFIX }],
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token, made by `tokens.create`.' },
        session: { type: 'apiKey', in: 'cookie', name: sessionCookie(isTls), description: 'The console has it.' },
      },
    },
  })
  const { paths = {} } = document
  const point = paths['/points/{id}']?.get
  const errors = Object.entries(point?.responses ?? {}).filter(([status]) => Number(status) >= 400)
  paths[DOWNLOAD_PATH] = {
    get: {
      operationId: DOWNLOAD_OPERATION,
      summary: 'A file of a recovery point',
      tags: ['Recovery points'],
      parameters: [
        ...(point?.parameters ?? []),
        { name: 'path', in: 'query', required: true, schema: { type: 'string', maxLength: 32_768, pattern: '^/' } },
      ],
      responses: {
        200: {
          description: 'Its content. Where the connection ends before, it is not whole.',
          content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
        },
        ...Object.fromEntries(errors),
      },
    },
  }
  return JSON.stringify({ ...document, paths })
}
