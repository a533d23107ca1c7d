import { readRange } from '../request/range.ts'
import type { FileCall, ServeTools } from './call.ts'
import { writeOut } from './write-out.ts'

/** How much of a file is in memory at once. */
const PIECE = 1024 * 1024

/** Sends a file or a range of it, piece by piece. With HEAD: how long it is. */
export async function sendFile(call: FileCall, { sessions, downloads }: ServeTools): Promise<void> {
  const { request, response, agent, handle, signal } = call
  const { storage } = agent.vault
  if (handle.kind === 'config' && request.method === 'GET') await sessions.begin(agent, { signal })
  const { size } = await storage.stat(handle, { signal })
  const type = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' }
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...type, 'content-length': size }).end()
    return
  }
  const range = readRange(request.headers.range, size)
  const { offset, length } = range ?? { offset: 0, length: size }
  const headers = range && { 'content-range': `bytes ${offset}-${offset + length - 1}/${size}` }
  const end = offset + length
  const release = await downloads.take(Math.min(PIECE, length), agent.id, { signal })
  try {
    const memory = Buffer.allocUnsafeSlow(Math.min(PIECE, length))
    let at = offset
    do {
      const piece = await storage.load(handle, {
        offset: at,
        length: Math.min(PIECE, end - at),
        into: memory,
        signal,
      })
      // What cannot even be begun is answered as what it is.
      if (at === offset) response.writeHead(range ? 206 : 200, { ...type, 'content-length': length, ...headers })
      at += piece.length
      if (at >= end) response.end(piece)
      else await writeOut(response, piece, signal)
    } while (at < end)
  } finally {
    release()
  }
}
