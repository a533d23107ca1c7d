import { createORPCClient, getEventMeta, onError, ORPCError } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { JsonifiedClient } from '@orpc/openapi-client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { routes } from 'virtual:contract-routes'

import type { contract, LiveEvent } from '../../core/contract/index.ts'
import type { LiveSource } from './live-feed.ts'

/** Everything that can be asked of the appliance, by nouns: the contract, typed. */
export type Client = JsonifiedClient<ContractRouterClient<typeof contract>>

/** Speaks HTTP with the appliance that served this page. The session is a cookie that scripts cannot read. */
export function createClient(
  page: Pick<Location, 'protocol' | 'host'>,
  { onSignedOut }: { readonly onSignedOut: () => void },
): Client {
  const link = new OpenAPILink(routes, {
    url: `${page.protocol}//${page.host}/api/v1`,
    fetch: (request, init) => globalThis.fetch(request, { ...init, credentials: 'same-origin' }),
    interceptors: [
      onError((error) => {
        if (error instanceof ORPCError && error.code === 'NOT_SIGNED_IN') onSignedOut()
      }),
    ],
  })
  return createORPCClient(link)
}

/** What happens, from behind `after` on. Resolves when the appliance has answered. */
export function createLiveSource(client: Client): LiveSource {
  return async function open(after, { signal }) {
    const iterator = await client.events.watch(undefined, {
      signal,
      ...(after === undefined ? {} : { lastEventId: after }),
    })
    return withIds(iterator)
  }
}

async function* withIds(
  events: AsyncIterable<LiveEvent>,
): AsyncGenerator<{ id: string | undefined; event: LiveEvent }> {
  for await (const event of events) yield { id: getEventMeta(event)?.id, event }
}
