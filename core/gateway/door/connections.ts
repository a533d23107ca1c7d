import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a door, and which of them an answer is on its way on. */
export interface Connections {
  /** Has to see every server before it listens. */
  follow(server: Server): void
  /** Has to see every response before it is answered. */
  begin(response: ServerResponse): void
  /** Whether an answer is on its way there: nothing else may be written then. */
  isBusy(socket: Socket): boolean
  /** Ends those that wait for a request at once, the others with their answer, and all of them after `within`. */
  end(servers: readonly Server[], options: { readonly within: number }): Promise<void>
}

/** Node itself leaves those open that have sent nothing yet, and those whose answer ends after the door was closed. */
export function createConnections(): Connections {
  const sockets = new Map<string, Socket>()
  const busy = new Map<string, number>()
  let isEnding = false

  return {
    follow(server) {
      // Below TLS it is another object than the one that a request knows: both have the same ends.
      server.on('connection', (socket: Socket) => {
        const key = keyOf(socket)
        sockets.set(key, socket)
        socket.once('close', () => {
          if (sockets.get(key) === socket) sockets.delete(key)
        })
      })
    },
    begin(response) {
      const key = keyOf(response.req.socket)
      busy.set(key, (busy.get(key) ?? 0) + 1)
      if (isEnding) response.setHeader('connection', 'close')
      response.once('close', () => {
        const left = (busy.get(key) ?? 1) - 1
        if (left > 0) busy.set(key, left)
        else {
          busy.delete(key)
          if (isEnding) response.req.socket.destroySoon()
        }
      })
    },
    isBusy: (socket) => busy.has(keyOf(socket)),
    async end(closing, { within }) {
      isEnding = true
      const closed = Promise.all(
        closing.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
      )
      for (const [key, socket] of sockets) if (!busy.has(key)) socket.destroy()
      const late = setTimeout(() => {
        for (const socket of sockets.values()) socket.destroy()
      }, within)
      await closed
      clearTimeout(late)
    },
  }
}

function keyOf({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${remoteAddress} ${remotePort}`
}
