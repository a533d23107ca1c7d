import { hash } from 'node:crypto'
import { type ClientRequest, type IncomingHttpHeaders, request as httpRequest } from 'node:http'

import { onTestFinished } from 'vitest'

import { digestSecret, newSecret } from '../../core/identity/index.ts'
import { type Handle, openMemoryStorage, type Storage } from '../../core/storage/index.ts'
import {
  type Agent,
  createVaultDoor,
  type DoorVault,
  openReceipts,
  openVaultDoor,
  type OpenVaultDoorOptions,
  type VaultDoorOptions,
} from '../../core/vault-door/index.ts'

export interface Answer {
  readonly status: number
  /** What stands beside the status. */
  readonly reason: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
}

export interface AskOptions {
  readonly body?: Uint8Array | string
  readonly headers?: Readonly<Record<string, string>>
}

/** An agent of a test, which asks the door by itself. */
export interface TestAgent extends Agent {
  readonly password: string
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>
  /** Stores a body under its own name. Returns that name beside the answer. */
  post(folder: string, body: Uint8Array | string): Promise<Answer & { readonly name: string }>
}

export interface VaultDoorScene {
  readonly port: number
  readonly storage: Storage
  readonly vault: DoorVault & { isPruned: boolean }
  readonly receipts: ReturnType<typeof openReceipts>
  /** What was not done, as `403 DELETE /locks/…`. */
  readonly refused: string[]
  /** All that was written into the log. */
  readonly logged: string[]
  readonly stored: { readonly agent: string; readonly kind: string; readonly receivedAt: number }[]
  addAgent(name: string, given?: Partial<Agent>): TestAgent
}

export interface VaultDoorSceneOptions extends Partial<Pick<VaultDoorOptions, 'clock' | 'patience' | 'mostUploading'>> {
  readonly storage?: Storage
  /** Default: in memory. */
  readonly receipts?: string
  readonly tls?: OpenVaultDoorOptions['tls']
  readonly headWithin?: number
}

export const sha256 = (body: Uint8Array | string): string => hash('sha256', body, 'hex')

/** A door on loopback, with a vault behind it and no agents yet. */
export async function openVaultDoorScene(options: VaultDoorSceneOptions = {}): Promise<VaultDoorScene> {
  const { storage = openMemoryStorage(), tls, headWithin, receipts: path = ':memory:', ...given } = options
  const agents = new Map<string, Agent>()
  const logged: string[] = []
  const stored: { agent: string; kind: string; receivedAt: number }[] = []
  const receipts = openReceipts(path)
  const note = (facts: object, message: string): void => {
    const { err, ...rest } = facts as { err?: unknown }
    logged.push(`${message} ${JSON.stringify(rest)} ${err instanceof Error ? (err.stack ?? '') : ''}`)
  }
  const listener = createVaultDoor({
    ...given,
    findAgent: (name) => Promise.resolve(agents.get(name)),
    receipts,
    log: { warn: note, error: note },
    onStored: ({ name }, { kind, receivedAt }) => stored.push({ agent: name, kind, receivedAt }),
  })
  const refused: string[] = []
  const watching: typeof listener = (request, response) => {
    response.once('finish', () => {
      if (response.statusCode >= 400) refused.push(`${response.statusCode} ${request.method} ${request.url}`)
    })
    listener(request, response)
  }
  const door = await openVaultDoor({ listener: watching, port: 0, host: '127.0.0.1', tls, headWithin })
  onTestFinished(async () => {
    await door.close({ within: 0 })
    receipts.close()
  })
  const vault = { id: 'vault', storage, isPruned: false, isPruning: () => vault.isPruned }
  return {
    port: door.port,
    storage,
    vault,
    receipts,
    refused,
    logged,
    stored,
    addAgent(name, more = {}) {
      const password = newSecret('hft')
      const agent: Agent = { id: `id of ${name}`, name, digest: digestSecret(password), vault, mode: 'full', ...more }
      agents.set(name, agent)
      const ask: TestAgent['ask'] = (method, at, asked) =>
        askDoor(door.port, method, at, { ...asked, headers: { ...basic(name, password), ...asked?.headers } })
      return {
        ...agent,
        password,
        ask,
        async post(folder, body) {
          const named = sha256(body)
          return { ...(await ask('POST', `/${folder}/${named}`, { body })), name: named }
        },
      }
    },
  }
}

export function basic(name: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` }
}

/** Asks over a connection of its own, with the path just as it is. */
export function askDoor(port: number, method: string, path: string, given: AskOptions): Promise<Answer> {
  const { request, answer } = beginAsking(port, method, path, given)
  request.end(given.body)
  return answer
}

/** Sends all but the last byte of a body. */
export function askInParts(
  port: number,
  method: string,
  path: string,
  given: AskOptions & { readonly body: Buffer },
): { readonly sent: Promise<void>; finish(): Promise<Answer> } {
  const { request, answer } = beginAsking(port, method, path, given)
  return {
    sent: new Promise((resolve) => void request.write(given.body.subarray(0, -1), () => resolve())),
    finish() {
      request.end(given.body.subarray(-1))
      return answer
    },
  }
}

function beginAsking(
  port: number,
  method: string,
  path: string,
  { body, headers }: AskOptions,
): { readonly request: ClientRequest; readonly answer: Promise<Answer> } {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const options = { host: '127.0.0.1', port, method, path, headers: { ...length, ...headers }, agent: false }
  const request = httpRequest(options)
  const answer = new Promise<Answer>((resolve, reject) => {
    request.once('error', reject)
    request.once('response', (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.once('error', reject)
      response.once('end', () => {
        const whole = Buffer.concat(pieces)
        const { statusCode = 0, statusMessage = '' } = response
        const answered = { status: statusCode, reason: statusMessage, headers: response.headers, body: whole }
        resolve({ ...answered, text: whole.toString() })
      })
    })
  })
  return { request, answer }
}

export async function has(storage: Storage, handle: Handle): Promise<boolean> {
  for await (const { name } of storage.list(handle.kind)) if (name === handle.name) return true
  return false
}

/** The name of the lock of an agent that is now in the middle of a backup. */
export async function lock(agent: TestAgent, text = 'a lock'): Promise<string> {
  const { status, name } = await agent.post('locks', text)
  if (status !== 200) throw new Error(`No lock: ${status}`)
  return name
}
