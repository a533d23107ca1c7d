import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What becomes of what a connection carries. */
export interface Faults {
  /** So many bytes of what is answered pass; then the connection is reset. */
  cutAnswerAfter?: number | undefined
  /** So many bytes of what is sent pass; then the connection is reset. */
  cutRequestAfter?: number | undefined
  /** The byte of what is sent that arrives changed. */
  flipSent?: number | undefined
  /** The byte of what is answered that arrives changed. */
  flipAnswered?: number | undefined
  /** Nothing is answered any more; the connection stays. */
  stalled?: boolean | undefined
  /** This is answered to everything. */
  answer?: string | undefined
}

/** Between a client and a server on loopback, byte for byte but for its faults. */
export interface FaultProxy extends AsyncDisposable {
  readonly endpoint: string
  /** For connections from now on, until they are changed; connections that there are end. */
  set(faults: Faults): void
  /** How many connections there were. */
  readonly connections: number
  /** Bytes that were sent to the server. */
  readonly sent: number
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let faults: Faults = {}
  let connections = 0
  let sent = 0

  const server = createServer((client) => {
    connections += 1
    sockets.add(client)
    client.on('error', () => undefined)
    client.on('close', () => sockets.delete(client))
    const { answer, cutAnswerAfter, cutRequestAfter, flipSent, flipAnswered, stalled } = faults
    if (answer !== undefined) {
      client.once('data', () => client.end(answer))
      return
    }
    const upstream = connect(Number(port), hostname)
    upstream.on('error', () => client.resetAndDestroy())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.end())
    pass(client, (chunk) => (sent += chunk.length) && upstream.write(chunk), cutRequestAfter, flipSent)
    pass(upstream, (chunk) => stalled === true || client.write(chunk), cutAnswerAfter, flipAnswered, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (next) => {
      faults = next
      for (const socket of sockets) socket.destroy()
    },
    get connections() {
      return connections
    },
    get sent() {
      return sent
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function pass(
  from: Socket,
  give: (chunk: Buffer) => unknown,
  cutAfter = Number.POSITIVE_INFINITY,
  flip = -1,
  resets = from,
): void {
  let at = 0
  from.on('data', (chunk: Buffer) => {
    const inHere = flip - at
    if (inHere >= 0 && inHere < chunk.length) chunk.writeUInt8(chunk.readUInt8(inHere) ^ 1, inHere)
    at += chunk.length
    if (at > cutAfter) {
      give(chunk.subarray(0, chunk.length - (at - cutAfter)))
      resets.resetAndDestroy()
    } else {
      give(chunk)
    }
  })
}
