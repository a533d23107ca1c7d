import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'

/** Answers a request for a page or a file of the console. */
export type ConsoleFiles = (request: IncomingMessage, response: ServerResponse, path: string) => void

interface ConsoleFile {
  readonly content: Buffer
  readonly headers: Readonly<Record<string, string>>
  readonly tag: string
}

const INDEX = '/index.html'
/** Their names have a digest of what they hold. */
const FOR_EVER = '/assets/'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}

/**
 * Serves the console's built files: those with a digest in their names for ever, the page anew each time.
 *
 * All of it, some megabytes, is read once. So no request leads to the disk, a service whose files are exchanged below it
 * goes on with those it began with, and links, which `readdir` tells from files, lead nowhere.
 */
export async function openConsoleFiles(folder: string): Promise<ConsoleFiles> {
  const files = new Map<string, ConsoleFile>()
  await readInto(files, folder, '')
  const index = files.get(INDEX)
  if (!index) return sayMissing
  return (request, response, path) => {
    const file = files.get(path) ?? (isPage(path) ? index : undefined)
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such page.\n')
      return
    }
    const isKnown = (request.headers['if-none-match'] ?? '').split(',').some((tag) => tag.trim() === file.tag)
    if (isKnown) response.writeHead(304, { etag: file.tag, 'cache-control': file.headers['cache-control'] }).end()
    else response.writeHead(200, file.headers).end(request.method === 'HEAD' ? undefined : file.content)
  }
}

/** Every page of the console is the same file; the router in it knows which one was meant. What has an ending is a file. */
function isPage(path: string): boolean {
  return !path.startsWith(FOR_EVER) && extname(path) === ''
}

async function readInto(files: Map<string, ConsoleFile>, folder: string, below: string): Promise<void> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const path = `${below}/${entry.name}`
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) await readInto(files, folder, path)
    else if (entry.isFile()) files.set(path, consoleFile(path, await readFile(join(folder, path))))
  }
}

function consoleFile(path: string, content: Buffer): ConsoleFile {
  const tag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
  const isForEver = path.startsWith(FOR_EVER)
  return {
    content,
    tag,
    headers: {
      'content-type': TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
      'content-length': String(content.length),
      'cache-control': isForEver ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: tag,
    },
  }
}

function sayMissing(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' })
  response.end('The console was not built. Run `npm run build`, or reinstall. The API works: /api/v1/docs\n')
}
