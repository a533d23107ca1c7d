import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

import { OpenAPIHandler } from '@orpc/openapi/node'
import { implement, type Router } from '@orpc/server'

import type { Caller } from '../../../core/appliance/index.ts'
import { contract, isGranted, type LiveEvent } from '../../../core/contract/index.ts'
import { makeAnswers } from './answers/answers.ts'
import { CONSOLE_FOLDER } from './build-console.ts'
import { makeLive } from './live.ts'
import { refuse } from './refuse.ts'
import { makeWorld, type World, type WorldKind } from './world/world.ts'

/**
 * A double of the appliance for its screens: the contract, answered from memory, on HTTP, with the console as built.
 *
 * What it does not prove: that the service answers so. Its inputs and outputs are checked by the contract, as the service's
 * are; its sign-in knows one password and its sessions are names, it limits no roots, its runs go on only when a test says
 * so, and its clock stands still. That the real doors and this console fit is for a test with the real service to show.
 */
export interface ConsoleDouble extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly world: World
  /** Tells all consoles. */
  emit(event: LiveEvent): void
  /** Ends all live connections, as a restart of the service does. */
  drop(): void
  /** No longer answers anything, or does again: as a service that has hung. */
  setAnswering(isAnswering: boolean): void
  /** All sessions are over. */
  forgetSessions(): void
}

/** What the gateway sends with every page. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

interface Context {
  readonly caller: Caller | undefined
  readonly lastEventId: string | undefined
  readonly setSession: (session: { secret: string } | undefined) => void
}

/** @param port - that of one that is closed: a browser then has the scripts of the console already. */
export async function openConsoleDouble(kind: WorldKind, { port = 0 } = {}): Promise<ConsoleDouble> {
  const world = makeWorld(kind)
  const live = makeLive()
  const sessions = new Set<string>()
  let isAnswering = true
  let prefix = 0

  const base = implement(contract).$context<Context>()
  const guarded = base.use(({ context, next, procedure, path }) => {
    const { access } = procedure['~orpc'].meta
    if (access !== 'anyone' && context.caller === undefined)
      throw refuse('NOT_SIGNED_IN', 'identity/refused', 'Sign in first.', {})
    if (!isGranted(context.caller?.role, access))
      throw refuse('FORBIDDEN', 'policy/forbidden', 'This needs other rights.', {})
    const isOwn = ['session', 'settings', 'health', 'events', 'setup'].includes(path[0] ?? '')
    if (kind === 'failing' && !isOwn) {
      throw refuse(
        'UNAVAILABLE',
        'storage/unreachable',
        'The catalog "/var/lib/holdfast/catalog.db" cannot be read: input/output error.',
        {
          safety: 'What is stored in the vaults is not touched by this.',
          remedy: 'Look at the disk of the data folder, and start holdfastd again.',
          object: '/var/lib/holdfast/catalog.db',
        },
      )
    }
    return next()
  })
  const answers = makeAnswers(world, live)
  const handler = new OpenAPIHandler(routerOf(guarded, answers))

  const server = createServer((request, response) => {
    if (!isAnswering) {
      request.socket.destroy()
      return
    }
    void answer(request, response)
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = /(?:^|; )session=([^;]*)/.exec(request.headers.cookie ?? '')?.[1]
    const user =
      name !== undefined && sessions.has(name)
        ? world.users.find((other) => `${other.name}-${prefix}` === name)
        : undefined
    const context: Context = {
      caller: user && {
        userId: user.id,
        name: user.name,
        role: user.role,
        access: [],
        sourceRoots: null,
        restoreRoots: null,
        by: { kind: 'session', id: user.id },
        expiresAt: null,
      },
      lastEventId: request.headers['last-event-id']?.toString(),
      setSession: (session) => {
        if (session) sessions.add(`${session.secret}-${prefix}`)
        response.setHeader(
          'set-cookie',
          session
            ? `session=${session.secret}-${prefix}; HttpOnly; SameSite=Strict; Path=/`
            : 'session=; Max-Age=0; Path=/',
        )
      },
    }
    const download = /^\/api\/v1\/points\/[0-9a-f-]{36}\/download\?path=(.+)$/.exec(request.url ?? '')?.[1]
    if (download !== undefined && user) {
      const path = decodeURIComponent(download)
      const fileName = encodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
      response.setHeader('content-disposition', `attachment; filename*=UTF-8''${fileName}`)
      response.end(`What ${path} held.\n`)
      return
    }
    const { matched } = await handler.handle(request, response, { prefix: '/api/v1', context })
    if (!matched) serveFile(request, response)
  }

  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${own}`,
    port: own,
    world,
    emit: live.emit,
    drop: live.drop,
    setAnswering: (value) => {
      isAnswering = value
      if (!value) server.closeAllConnections()
    },
    forgetSessions: () => {
      sessions.clear()
      prefix += 1
      live.drop()
    },
    [Symbol.asyncDispose]: async () => {
      live.drop()
      server.close()
      server.closeAllConnections()
      await once(server, 'close').catch(() => undefined)
    },
  }
}

/** Every operation of the contract that is answered, with what the operation is told beside its input. */
function routerOf(base: unknown, answers: object): Router<typeof contract, Context> {
  type Builder = {
    handler(handle: (options: { input: unknown; context: Context; signal?: AbortSignal }) => unknown): unknown
  }
  const nouns = base as Record<string, Record<string, Builder>>
  const router: Record<string, Record<string, unknown>> = {}
  for (const [noun, operations] of Object.entries(contract)) {
    const own: Record<string, unknown> = {}
    for (const verb of Object.keys(operations)) {
      const answered = (
        answers as Record<string, Record<string, (input: unknown, call: unknown) => unknown> | undefined>
      )[noun]?.[verb]
      own[verb] = nouns[noun]?.[verb]?.handler(({ input, context, signal }) => {
        if (!answered)
          throw refuse('UNAVAILABLE', 'double/unanswered', `The double does not answer ${noun}.${verb}.`, {})
        return answered(input, { ...context, signal, address: '127.0.0.1' })
      })
    }
    router[noun] = own
  }
  return router as Router<typeof contract, Context>
}

function serveFile(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://console')
  const isAsset = /^\/assets\/[\w.-]+$/.test(pathname)
  const path = join(CONSOLE_FOLDER, isAsset ? pathname : 'index.html')
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY)
  response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream')
  // As the gateway does: what lies there is called by its own sum.
  if (isAsset) response.setHeader('cache-control', 'public, max-age=31536000, immutable')
  try {
    response.end(readFileSync(path))
  } catch {
    response.writeHead(404).end()
  }
}
