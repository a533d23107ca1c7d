import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

import { type Clock, systemClock } from '../base/index.ts'
import { createBodyMemory } from './admit/body-memory.ts'
import { createByteGate } from './admit/byte-gate.ts'
import { createDoorkeeper } from './admit/doorkeeper.ts'
import type { Agent, DoorLog, FindAgent } from './agent.ts'
import { refusalOf } from './answer/refusal-of.ts'
import { Refusal } from './answer/refusal.ts'
import { sendRefusal } from './answer/send-refusal.ts'
import type { Receipt, Receipts } from './receipt/receipts.ts'
import { LONGEST_BODY } from './request/body-length.ts'
import { PATIENCE, type Patience } from './request/read-body.ts'
import { readTarget } from './request/target.ts'
import { Quotas } from './rule/quota.ts'
import { Sessions } from './rule/session.ts'
import type { Call, ServeTools } from './serve/call.ts'
import { listFiles } from './serve/list-files.ts'
import { removeFile } from './serve/remove-file.ts'
import { sendFile } from './serve/send-file.ts'
import { storeFile } from './serve/store-file.ts'

/** What the door needs of the appliance. */
export interface VaultDoorOptions {
  readonly findAgent: FindAgent
  readonly receipts: Receipts
  readonly log: DoorLog
  readonly clock?: Clock | undefined
  /** Called with each file that an agent has brought and that was not there, when it is durable. */
  readonly onStored?: ((agent: Agent, receipt: Receipt) => void) | undefined
  /** Memory for the bodies of all uploads, at least 152 MiB; one agent has half of it at most. Bytes. */
  readonly mostUploading?: number | undefined
  readonly patience?: Patience | undefined
}

const MIB = 1024 * 1024
const MOST_UPLOADING = 192 * MIB
const MOST_DOWNLOADING = 64 * MIB

/** Answers restic's REST protocol, versions 1 and 2, for agents. It serves any server of node:http or node:https. */
export function createVaultDoor(options: VaultDoorOptions): RequestListener {
  const { receipts, log, clock = systemClock, patience = PATIENCE, onStored } = options
  const mostUploading = Math.max(LONGEST_BODY, options.mostUploading ?? MOST_UPLOADING)
  const whoIs = createDoorkeeper({ findAgent: options.findAgent, log, clock })
  const tools: ServeTools = {
    receipts,
    sessions: new Sessions(receipts),
    quotas: new Quotas(receipts, clock),
    uploads: createBodyMemory({ most: mostUploading, mostOfOne: mostUploading / 2 }),
    downloads: createByteGate({ most: MOST_DOWNLOADING, mostOfOne: MOST_DOWNLOADING / 2 }),
    patience,
    clock,
    onStored,
  }

  async function answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const agent = await whoIs(request)
    const target = readTarget(request.url, request.method)
    const call: Call = { request, response, agent, signal }
    if (target.what === 'list') return listFiles(call, target.kind)
    if (target.what === 'repository') return makeRepository(call)
    const file = { ...call, handle: target.handle }
    if (request.method === 'POST') return storeFile(file, tools)
    if (request.method === 'DELETE') return removeFile(file, tools)
    return sendFile(file, tools)
  }

  return (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    answer(request, response, gone.signal).catch((error: unknown) => {
      // Nobody is left to be told, and nothing is wrong here.
      if (gone.signal.aborted || request.socket.destroyed) return
      const refusal = refusalOf(error)
      if (!(error instanceof Refusal)) {
        const { status, code } = refusal
        const facts = { err: error, method: request.method, path: request.url, status }
        if (code !== 'storage/not-found') log.error(facts, 'the vault door could not do what an agent asked for')
      }
      sendRefusal(response, refusal)
    })
  }
}

async function makeRepository({ request, response, agent, signal }: Call): Promise<void> {
  if (request.method === 'DELETE' || request.url === '/') throw notWhole()
  await agent.vault.storage.prepare({ signal })
  response.writeHead(200, { 'content-length': 0 }).end()
}

function notWhole(): Refusal {
  return new Refusal('policy/forbidden', 'A vault as a whole is only removed on the appliance', {
    status: 403,
    safety: 'Nothing was removed.',
    remedy: 'An administrator removes it there.',
  })
}
