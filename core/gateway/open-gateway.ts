import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { RateLimiterMemory } from 'rate-limiter-flexible'

import type { Appliance, Caller } from '../appliance/index.ts'
import { addressKey, type Chance, type Clock, CoreError } from '../base/index.ts'
import { type Access, isGranted } from '../contract/index.ts'
import { API_PREFIX, createApiHandler } from './api/api-handler.ts'
import { createStrangers } from './api/strangers.ts'
import { createStreams } from './api/streams.ts'
import { answerClientError } from './door/client-error.ts'
import { type Connections, createConnections } from './door/connections.ts'
import { openServers } from './door/open-servers.ts'
import { createDownloads } from './downloads.ts'
import { sendError } from './guard/answer.ts'
import { writeSession } from './guard/cookies.ts'
import { callerOf, readCredentials } from './guard/credentials.ts'
import { toAnswer } from './guard/error-answer.ts'
import { isOwnOrigin } from './guard/host.ts'
import { lookAtRequest } from './guard/look-at-request.ts'
import { allowStyle, setSecurityHeaders } from './guard/security-headers.ts'
import { API_PAGE_STYLE, apiPage } from './pages/api-page.ts'
import { openConsoleFiles } from './pages/console-files.ts'
import { createOpenApiDocument } from './pages/openapi-document.ts'
import type { Certificate } from './tls/own-certificate.ts'

export interface GatewayOptions {
  readonly appliance: Appliance
  /** 0: one that is free. */
  readonly port: number
  /** Where the console's built files are. They are read once, here. */
  readonly consoleFolder: string
  /** Needed beyond loopback. */
  readonly tls: Certificate | undefined
  /** Of one address, in ten seconds. */
  readonly mostRequests?: number | undefined
  /** What one address that is not signed in tries in an hour is written into the audit so often. */
  readonly mostStrangers?: number | undefined
  /** How often streams of events are looked at. Milliseconds. */
  readonly lookAtStreamsEvery?: number | undefined
  readonly log: { error(facts: object, message: string): void; warn(facts: object, message: string): void }
  readonly clock: Clock
  readonly chance: Chance
}

/** The console door, open. */
export interface Gateway {
  readonly port: number
  /** By which it is reached, the best one first. */
  readonly urls: readonly string[]
  /** Lets nobody in any more, ends what watches, and waits for answers that are on their way. Milliseconds. */
  close(options: { readonly within: number }): Promise<void>
}

const UNSAFE: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** Operations of these nouns may end sessions. */
const ENDING: ReadonlySet<string> = new Set(['session', 'account', 'users', 'tokens'])
/** A console asks for some tens of things at once; nobody needs more than this in ten seconds. */
const MOST_REQUESTS = 600
const RATE_SECONDS = 10

/** Opens the console door. Throws `service/unavailable` where the port cannot be had, and `input/invalid` without TLS beyond loopback. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { appliance, log, clock, tls } = options
  const isOpen = appliance.listen.reach === 'network'
  if (isOpen && tls === undefined) throw needsTls()
  const isTls = tls !== undefined
  const stop = new AbortController()
  const streams = createStreams({ clock, lookEvery: options.lookAtStreamsEvery })
  /** Beside them: whoever watches may download, too. */
  const downloads = createStreams({ clock, lookEvery: options.lookAtStreamsEvery })
  const told = {
    onDefect: (error: unknown, operation: string): void =>
      log.error({ err: error, operation }, 'an operation failed in a way nobody knows'),
    onUnrecorded: (error: unknown, operation: string): void =>
      log.error({ err: error, operation }, 'the audit could not be written: what was done is not in it'),
    strangers: createStrangers({
      most: options.mostStrangers,
      onTooMany: (address) =>
        log.warn({ address }, 'somebody who is not signed in tries very much: the audit has no more of it for an hour'),
    }),
  }
  const api = createApiHandler({
    appliance,
    closing: stop.signal,
    ...told,
    onDone: (operation) => {
      if (ENDING.has(operation.split('.')[0] ?? '')) void Promise.all([streams.recheck(), downloads.recheck()])
    },
  })
  const answerDownload = createDownloads({ appliance, closing: stop.signal, ...told })
  const answerFile = await openConsoleFiles(options.consoleFolder)
  const openApiDocument = createOpenApiDocument(appliance.version, { isTls })
  const limiter = new RateLimiterMemory({ points: options.mostRequests ?? MOST_REQUESTS, duration: RATE_SECONDS })
  let port = options.port

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response, { isTls })
    const address = request.socket.remoteAddress ?? 'unknown'
    const url = lookAtRequest(request, { port, hosts: appliance.listen.hosts })
    if (!(url instanceof URL)) return sendError(response, url.name, url.said)
    if (!(await mayGoOn(address))) return sendError(response, 'TOO_MANY', { headers: { 'retry-after': '10' } })
    const { method } = request
    if (url.pathname === '/healthz') return answerHealth(response)
    if (url.pathname !== '/metrics' && !/^\/api(?:\/|$)/i.test(url.pathname)) {
      if (method === 'GET' || method === 'HEAD') return answerFile(request, response, url.pathname)
      return sendError(response, 'NOT_FOUND')
    }
    return answerApi(request, response, url, address)
  }

  async function answerApi(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    address: string,
  ): Promise<void> {
    const credentials = readCredentials(request, isTls)
    const { origin, host, 'sec-fetch-site': site } = request.headers
    const isCrossSite =
      UNSAFE.has(request.method ?? '') &&
      credentials.kind !== 'token' &&
      (credentials.kind === 'session' || origin !== undefined || site !== undefined) &&
      !isOwnOrigin({ origin, host, site: typeof site === 'string' ? site : undefined }, isTls)
    if (isCrossSite) return sendError(response, 'FORBIDDEN', WRONG_ORIGIN)
    const caller = await callerOf(appliance, credentials, address)
    const isGet = request.method === 'GET'
    if (url.pathname === '/metrics') return answerMetrics(response, caller)
    if (url.pathname === `${API_PREFIX}/openapi.json` && isGet)
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(await openApiDocument())
    if (url.pathname === `${API_PREFIX}/docs` && isGet) {
      allowStyle(response, API_PAGE_STYLE)
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(apiPage(appliance.version))
      return undefined
    }
    const mayStill = async (access: Access): Promise<boolean> =>
      (await callerOf(appliance, credentials, address))?.access.includes(access) === true
    const openStream = (watcher: Caller): AbortSignal =>
      downloads.open({ caller: watcher, response, isStillIn: () => mayStill('restore') })
    if (await answerDownload(request, response, { url, caller, address, openStream })) return
    const isKnown = await api.handle(request, response, {
      caller,
      address,
      setSession: (next) => writeSession(response, next, { isTls, now: clock.now() }),
      sayWait: (seconds) => response.setHeader('retry-after', String(seconds)),
      openStream: (watcher) =>
        streams.open({
          caller: watcher,
          response,
          isStillIn: () => mayStill('view'),
        }),
    })
    if (!isKnown) sendError(response, 'NOT_FOUND')
  }

  /** For what watches over services: a word, and a status that it knows. */
  async function answerHealth(response: ServerResponse): Promise<void> {
    const state = await appliance.health()
    const isWell = state === 'ready'
    response.writeHead(isWell ? 200 : 503, { 'content-type': 'text/plain' }).end(isWell ? 'ok\n' : `${state}\n`)
  }

  async function answerMetrics(response: ServerResponse, caller: Caller | undefined): Promise<void> {
    if (!isGranted(caller?.role, 'view') || caller?.access.includes('view') !== true)
      return sendError(response, caller === undefined ? 'NOT_SIGNED_IN' : 'FORBIDDEN')
    const text = await appliance.metrics()
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
  }

  async function mayGoOn(address: string): Promise<boolean> {
    try {
      await limiter.consume(addressKey(address))
      return true
    } catch {
      return false
    }
  }

  const connections: Connections = createConnections()
  const opened = await openServers({
    tls,
    port,
    isOpen,
    listener(request, response) {
      connections.begin(response)
      answer(request, response).catch((error: unknown) => {
        // The client has gone: nobody is left to be told, and nothing is wrong here.
        if (request.socket.destroyed) return
        const { code, message, data } = toAnswer(error)
        if (code === 'DEFECT')
          log.error({ err: error, path: request.url?.split('?')[0] }, 'a request failed in a way nobody knows')
        sendError(response, code, { ...data, message })
      })
    },
    prepare(server) {
      connections.follow(server)
      server.on('clientError', (error, socket) => {
        answerClientError(error, socket as Socket, connections.isBusy(socket as Socket))
      })
    },
  })
  port = opened.port
  const scheme = isTls ? 'https' : 'http'
  return {
    port,
    urls: [...(isOpen ? appliance.listen.hosts : []), 'localhost'].map(
      (name) => `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`,
    ),
    async close({ within }) {
      stop.abort()
      await connections.end(opened.servers, { within })
    },
  }
}

function needsTls(): CoreError {
  return new CoreError('input/invalid', 'The console is to be reached over the network, and has no certificate.', {
    safety: 'Nothing was opened.',
    remedy: 'Give it a certificate, or let it be reached from this computer alone.',
  })
}

const WRONG_ORIGIN = {
  message: 'The request comes from a page of somebody else.',
  remedy: 'Use the console itself. Programs call with a token.',
}
