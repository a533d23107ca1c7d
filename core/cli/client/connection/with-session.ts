import { type Client, createClient } from './create-client.ts'
import { createTransport } from './transport.ts'
import type { Trust } from './trust.ts'

/** A session is a cookie: it is carried from one answer to the next request, and kept nowhere. */
export async function withSession<T>(url: string, trust: Trust, work: (client: Client) => Promise<T>): Promise<T> {
  let cookie: string | undefined
  using transport = createTransport({
    url,
    trust,
    // A request with a session says which page it is from, so that no other page can send it.
    headers: () => (cookie === undefined ? {} : { cookie, origin: url }),
  })
  return work(
    createClient(url, {
      ...transport,
      async fetch(request) {
        const response = await transport.fetch(request)
        cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
        return response
      },
    }),
  )
}
