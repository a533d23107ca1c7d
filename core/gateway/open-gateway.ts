import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import { RateLimiterMemory } from 'rate-limiter-flexible'

import type { Appliance, Call, Caller } from '../appliance/index.ts'
import { type Chance, type Clock, CoreError, reasonOf } from '../base/index.ts'
import { isGranted } from '../contract/index.ts'
import { API_PREFIX, createApiHandler } from './api/api-handler.ts'
import { answerDownload } from './downloads.ts'
import { sendError } from './guard/answer.ts'
import { readSession, writeSession } from './guard/cookies.ts'
import { isOwnHost, isOwnOrigin } from './guard/host.ts'
import { setSecurityHeaders } from './guard/security-headers.ts'
import { apiPage } from './pages/api-page.ts'
import { createConsoleFiles } from './pages/console-files.ts'
import { openApiDocument } from './pages/openapi-document.ts'
import type { Certificate } from './tls/own-certificate.ts'

export interface GatewayOptions {
  readonly appliance: Appliance
  /** 0: one that is free. */
  readonly port: number
  /** Where the console's built files are. */
  readonly consoleFolder: string
  /** Needed beyond loopback. */
  readonly tls: Certificate | undefined
  /** Of one address, in ten seconds. */
  readonly mostRequests?: number | undefined
  readonly log: { error(facts: object, message: string): void; warn(facts: object, message: string): void }
  readonly clock: Clock
  readonly chance: Chance
}

/** The console door, open. */
export interface Gateway {
  readonly port: number
  /** By which it is reached, the best one first. */
  readonly urls: readonly string[]
  /** Lets nobody in any more, ends what watches, and waits for answers that are on their way. */
  close(options: { readonly within: number }): Promise<void>
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
const UNSAFE: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const LONGEST_URL = 16 * 1024
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
  const api = createApiHandler({
    appliance,
    closing: stop.signal,
    onDefect: (error, operation) => log.error({ err: error, operation }, 'an operation failed in a way nobody knows'),
  })
  const files = createConsoleFiles(options.consoleFolder)
  const limiter = new RateLimiterMemory({ points: options.mostRequests ?? MOST_REQUESTS, duration: RATE_SECONDS })
  let port = options.port

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response, { isTls })
    const address = request.socket.remoteAddress ?? 'unknown'
    if (!isOwnHost(request.headers.host, port, appliance.listen.hosts))
      return sendError(response, 'BAD_INPUT', { ...WRONG_HOST, status: 421 })
    const { method = '', url: target = '' } = request
    if (!METHODS.has(method))
      return sendError(response, 'BAD_INPUT', {
        ...WRONG_METHOD,
        status: 405,
        headers: { allow: [...METHODS].join(', ') },
      })
    if (target.length > LONGEST_URL) return sendError(response, 'TOO_LARGE', { status: 414 })
    if (!(await mayGoOn(address))) return sendError(response, 'TOO_MANY', { headers: { 'retry-after': '10' } })
    const url = URL.parse(target, 'http://door')
    if (url === null) return sendError(response, 'BAD_INPUT', { message: 'The address cannot be read.' })
    if (url.pathname === '/healthz') return void response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n')
    if (url.pathname !== '/metrics' && !url.pathname.startsWith('/api/')) {
      if (method === 'GET' || method === 'HEAD') return files(request, response)
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
    const token = tokenOf(request)
    const session = token === undefined ? readSession(request, isTls) : undefined
    const { origin, host, 'sec-fetch-site': site } = request.headers
    const isCrossSite =
      UNSAFE.has(request.method ?? '') &&
      token === undefined &&
      (session !== undefined || origin !== undefined || site !== undefined) &&
      !isOwnOrigin({ origin, host, site: typeof site === 'string' ? site : undefined }, isTls)
    if (isCrossSite) return sendError(response, 'FORBIDDEN', WRONG_ORIGIN)
    const caller = await callerOf(token, session, address)
    if (url.pathname === '/metrics') return answerMetrics(response, caller)
    if (url.pathname === `${API_PREFIX}/openapi.json` && request.method === 'GET') {
      const document = JSON.stringify(await openApiDocument(appliance.version))
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(document)
    }
    if (url.pathname === `${API_PREFIX}/docs` && request.method === 'GET')
      return void response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(apiPage(appliance.version))
    if (await answerDownload(appliance, request, response, { url, caller, address })) return
    const setSession: Call['setSession'] = (next) => writeSession(response, next, { isTls, now: clock.now() })
    if (!(await api.handle(request, response, { caller, address, setSession }))) sendError(response, 'NOT_FOUND')
  }

  async function callerOf(
    token: string | undefined,
    session: string | undefined,
    address: string,
  ): Promise<Caller | undefined> {
    if (token !== undefined) return appliance.authenticate(token, 'token', address)
    return session === undefined ? undefined : appliance.authenticate(session, 'session', address)
  }

  async function answerMetrics(response: ServerResponse, caller: Caller | undefined): Promise<void> {
    if (!isGranted(caller?.role, 'view') || caller?.access.includes('view') !== true)
      return sendError(response, caller === undefined ? 'NOT_SIGNED_IN' : 'FORBIDDEN')
    const text = await appliance.metrics()
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
  }

  async function mayGoOn(address: string): Promise<boolean> {
    try {
      await limiter.consume(address)
      return true
    } catch {
      return false
    }
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error, path: request.url?.split('?')[0] }, 'a request failed in a way nobody knows')
      sendError(response, 'DEFECT')
    })
  }
  const limits = { maxHeaderSize: 16 * 1024, requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 30_000 }
  const server: Server = tls
    ? createHttpsServer({ ...limits, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' }, listener)
    : createHttpServer(limits, listener)
  server.maxConnections = 1000
  server.maxHeadersCount = 100
  await listen(server, port, isOpen ? undefined : '127.0.0.1')
  port = (server.address() as AddressInfo).port
  const scheme = isTls ? 'https' : 'http'
  return {
    port,
    urls: [...(isOpen ? appliance.listen.hosts : []), 'localhost'].map((name) => `${scheme}://${name}:${port}`),
    async close({ within }) {
      stop.abort()
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
      server.closeIdleConnections()
      const late = setTimeout(() => server.closeAllConnections(), within)
      await closed
      clearTimeout(late)
    },
  }
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer ([\w-]{1,200})$/.exec(headers.authorization ?? '')?.[1]
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new CoreError('service/unavailable', `The console's port ${port} cannot be had: ${reasonOf(error)}.`, {
          cause: error,
          safety: 'Nothing was changed.',
          remedy: 'Name another with --port, or end what has it.',
        }),
      ),
    )
    server.listen(port, host, resolve)
  })
}

function needsTls(): CoreError {
  return new CoreError('input/invalid', 'The console is to be reached over the network, and has no certificate.', {
    safety: 'Nothing was opened.',
    remedy: 'Give it a certificate, or let it be reached from this computer alone.',
  })
}

const WRONG_HOST = {
  message: 'This door is not called so.',
  remedy: 'Use the address that the service printed, or have an administrator allow this name in the settings.',
}
const WRONG_METHOD = { message: 'There is no such method here.', remedy: 'Look at the API documentation.' }
const WRONG_ORIGIN = {
  message: 'The request comes from a page of somebody else.',
  remedy: 'Use the console itself. Programs call with a token.',
}
