import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface HookRequest {
  readonly body: string
  readonly signature: string | undefined
  readonly authorization: string | undefined
}

/** A webhook on loopback. `answer` gets the request's number, from 0 on. */
export async function startHook(
  answer: (request: number, response: ServerResponse) => void,
): Promise<AsyncDisposable & { readonly url: string; readonly requests: HookRequest[] }> {
  const requests: HookRequest[] = []
  const server = createServer((request, response) => {
    const { 'x-holdfast-signature': signature, authorization } = request.headers
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8')
      requests.push({ body, signature: signature?.toString(), authorization })
      answer(requests.length - 1, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
