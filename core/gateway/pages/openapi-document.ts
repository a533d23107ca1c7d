import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'

import { contract } from '../../contract/index.ts'
import { API_PREFIX } from '../api/api-handler.ts'

/** The API as OpenAPI 3.1 tells it. Made of the contract, so that it is never another. */
export async function openApiDocument(version: string) {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  return generator.generate(contract, {
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
        session: { type: 'apiKey', in: 'cookie', name: 'holdfast_session', description: 'The console has it.' },
      },
    },
  })
}
