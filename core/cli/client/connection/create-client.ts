import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { JsonifiedClient } from '@orpc/openapi-client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'

import { contract } from '../../../contract/index.ts'
import { assertOwnAnswer, errorOfAnswer } from './api-error.ts'
import type { Transport } from './transport.ts'

/** Everything that can be asked of the service, by nouns: the contract, typed. */
export type Client = JsonifiedClient<ContractRouterClient<typeof contract>>

/** Operations that refuse a password, or the lack of one, and not the caller. */
const PROVING: ReadonlySet<string> = new Set([
  'setup.begin',
  'session.signIn',
  'account.changePassword',
  'tokens.create',
  'vaults.exportKit',
])

export function createClient(url: string, { fetch }: Transport): Client {
  const link = new OpenAPILink(contract, {
    url: `${url}/api/v1`,
    async fetch(request) {
      const response = await fetch(request)
      assertOwnAnswer(url, response)
      return response
    },
    interceptors: [
      async (call) => {
        try {
          return await call.next()
        } catch (error) {
          throw errorOfAnswer(error, { url, isProving: PROVING.has(call.path.join('.')) })
        }
      },
    ],
  })
  return createORPCClient(link)
}
