import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'

import sirv from 'sirv'

/** Serves the console's built files: those with a digest in their names for ever, the page anew each time. */
export function createConsoleFiles(folder: string): (request: IncomingMessage, response: ServerResponse) => void {
  if (!existsSync(join(folder, 'index.html'))) return sayMissing
  return sirv(folder, {
    etag: true,
    // Every page of the console is the same file; the router in it knows which one was meant.
    single: true,
    dotfiles: false,
    setHeaders(response, path) {
      const isForEver = path.startsWith('/assets/')
      response.setHeader('cache-control', isForEver ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
    onNoMatch(_request, response) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such page.\n')
    },
  })
}

function sayMissing(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' })
  response.end('The console was not built. Run `npm run build`, or reinstall. The API works: /api/v1/docs\n')
}
