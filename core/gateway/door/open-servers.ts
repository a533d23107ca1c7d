import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import { CoreError, reasonOf, systemCode } from '../../base/index.ts'
import { MOST_HEADER_BYTES } from '../guard/look-at-request.ts'
import type { Certificate } from '../tls/own-certificate.ts'

export interface OpenServersOptions {
  readonly tls: Certificate | undefined
  /** 0: one that is free. */
  readonly port: number
  /** Whether other computers reach it. Otherwise it is this one alone, by both of its addresses. */
  readonly isOpen: boolean
  readonly listener: RequestListener
  /** Called with each server before it listens. */
  readonly prepare: (server: Server) => void
}

const MOST_CONNECTIONS = 1000
/** Ports that are free on one address and not on the other: so often another one is tried. */
const MOST_TRIES = 10

/** Opens what listens. Throws `service/unavailable` where the port cannot be had. */
export async function openServers(
  options: OpenServersOptions,
): Promise<{ readonly port: number; readonly servers: readonly Server[] }> {
  for (let tries = 1; ; tries++) {
    try {
      return await tryPort(options)
    } catch (error) {
      const isTaken = systemCode(error) === 'EADDRINUSE'
      if (options.port !== 0 || !isTaken || tries === MOST_TRIES) throw noPort(options.port, error)
    }
  }
}

async function tryPort(options: OpenServersOptions): Promise<{ port: number; servers: Server[] }> {
  const first = newServer(options)
  await listen(first, options.port, options.isOpen ? undefined : '127.0.0.1')
  const { port } = first.address() as AddressInfo
  if (options.isOpen) return { port, servers: [first] }
  // `localhost` leads to either. Another program at the other address would be given what is meant for this door.
  const second = newServer(options)
  try {
    await listen(second, port, '::1')
    return { port, servers: [first, second] }
  } catch (error) {
    if (NO_IPV6.has(systemCode(error) ?? '')) return { port, servers: [first] }
    first.close()
    throw error
  }
}

const NO_IPV6: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'])

function newServer({ tls, listener, prepare }: OpenServersOptions): Server {
  const limits = {
    maxHeaderSize: MOST_HEADER_BYTES,
    requestTimeout: 60_000,
    headersTimeout: 15_000,
    keepAliveTimeout: 30_000,
  }
  const server = tls
    ? createHttpsServer({ ...limits, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' }, listener)
    : createHttpServer(limits, listener)
  server.maxConnections = MOST_CONNECTIONS
  // Node drops what is beyond it without a word; the guard counts, and refuses.
  server.maxHeadersCount = 0
  prepare(server)
  return server
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function noPort(port: number, error: unknown): CoreError {
  return new CoreError('service/unavailable', `The console's port ${port} cannot be had: ${reasonOf(error)}.`, {
    cause: error,
    safety: 'Nothing was changed.',
    remedy: 'Name another with --port, or end what has it.',
  })
}
