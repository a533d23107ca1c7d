import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, isIPv4 } from 'node:net'

import { CoreError, reasonOf } from '../base/index.ts'

export interface OpenVaultDoorOptions {
  readonly listener: RequestListener
  /** 0: one that is free. */
  readonly port: number
  /** The address to listen at. Default: all. */
  readonly host?: string | undefined
  /** Certificate (with those between it and its root) and key, in PEM. Needed beyond loopback, as passwords go through it. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  /** How long a client may take to send the head of a request. Milliseconds. */
  readonly headWithin?: number | undefined
}

/** The vault door, open. */
export interface VaultDoor {
  readonly port: number
  /** From now on for new connections. */
  setCertificate(tls: { readonly cert: string; readonly key: string }): void
  /** Lets nobody in any more, and waits for what goes on, at most so long. Milliseconds. */
  close(options: { readonly within: number }): Promise<void>
}

const MOST_CONNECTIONS = 1000
const MOST_HEAD_BYTES = 16 * 1024
/** Go's clients let go of a connection after 90 seconds: had it been the door, a request could be on its way. */
const KEPT_FOR = 120_000

/** Opens the vault door. Throws `service/unavailable` where the port cannot be had, and `input/invalid` without TLS beyond loopback. */
export async function openVaultDoor(options: OpenVaultDoorOptions): Promise<VaultDoor> {
  const { listener, host, tls, headWithin = 15_000 } = options
  if (tls === undefined && !isLoopback(host)) throw needsTls()
  const limits = {
    maxHeaderSize: MOST_HEAD_BYTES,
    headersTimeout: headWithin,
    connectionsCheckingInterval: Math.min(5000, headWithin),
    // A large pack over a slow line takes long: the door itself sees to it that it comes.
    requestTimeout: 0,
    keepAliveTimeout: KEPT_FOR,
    // Bodies are copied anyway: larger pieces are fewer.
    highWaterMark: 256 * 1024,
  }
  const secure =
    tls && createTlsServer({ ...limits, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: 15_000 }, listener)
  const server: Server = secure ?? createServer(limits, listener)
  server.maxConnections = MOST_CONNECTIONS
  try {
    await listen(server, options.port, host)
  } catch (error) {
    throw noPort(options.port, error)
  }
  return {
    port: (server.address() as AddressInfo).port,
    setCertificate: (next) => secure?.setSecureContext({ ...next, minVersion: 'TLSv1.2' }),
    async close({ within }) {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
      server.closeIdleConnections()
      const late = setTimeout(() => server.closeAllConnections(), within)
      await closed
      clearTimeout(late)
    },
  }
}

function isLoopback(host: string | undefined): boolean {
  return host === '::1' || (host !== undefined && isIPv4(host) && host.startsWith('127.'))
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

function needsTls(): CoreError {
  return new CoreError('input/invalid', 'The vault door is to be reached over the network, and has no certificate', {
    safety: 'Nothing was opened.',
    remedy: 'Give it a certificate, or let it be reached from this computer alone.',
  })
}

function noPort(port: number, error: unknown): CoreError {
  return new CoreError('service/unavailable', `The vault door's port ${port} cannot be had: ${reasonOf(error)}`, {
    cause: error,
    safety: 'Nothing was changed.',
    remedy: 'Name another port, or end what has it.',
  })
}
