import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Clock } from '../../base/index.ts'
import type { Handle } from '../../storage/index.ts'
import type { BodyMemory } from '../admit/body-memory.ts'
import type { ByteGate } from '../admit/byte-gate.ts'
import type { Agent } from '../agent.ts'
import type { Receipt, Receipts } from '../receipt/receipts.ts'
import type { Patience } from '../request/read-body.ts'
import type { Quotas } from '../rule/quota.ts'
import type { Sessions } from '../rule/session.ts'

/** A request of an agent that was let in. */
export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly agent: Agent
  /** Aborted where the client has gone. */
  readonly signal: AbortSignal
}

/** What requests are done with. */
export interface ServeTools {
  readonly receipts: Receipts
  readonly sessions: Sessions
  readonly quotas: Quotas
  /** Memory for bodies on their way in. */
  readonly uploads: BodyMemory
  /** Memory for files on their way out. */
  readonly downloads: ByteGate
  readonly patience: Patience
  readonly clock: Clock
  readonly onStored: ((agent: Agent, receipt: Receipt) => void) | undefined
}

export interface FileCall extends Call {
  readonly handle: Handle
}
