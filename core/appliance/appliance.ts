import type { Abortable } from '../base/index.ts'
import type { AgentDoor } from './agents/agent-door.ts'
import type { Operations } from './operations/operations.ts'
import type { Call, Caller } from './people/call.ts'
import type { HealthState } from './upkeep/health.ts'

/** A file of a recovery point, or a folder as a tar archive, on its way to a browser. */
export interface Download {
  readonly fileName: string
  /** Bytes. Undefined where nobody knows before the end. */
  readonly size: bigint | undefined
  readonly content: AsyncIterable<Uint8Array>
}

/** What the audit keeps of a call. */
export interface AuditRecord {
  readonly actor: string
  readonly address: string
  /** By its name in the contract: `runs.cancel`. */
  readonly operation: string
  readonly object: string | null
  readonly outcome: 'done' | 'refused' | 'failed'
  /** What was given; secrets are taken out. */
  readonly input: unknown
  /** What came of it, as far as the contract has the audit keep it. */
  readonly told?: object | undefined
}

/** An appliance that runs: what the doors need of it. */
export interface Appliance {
  readonly operations: Operations
  readonly version: string
  /** Who holds the secret of a session or token. Undefined: nobody, or no longer. */
  authenticate(secret: string, kind: 'session' | 'token', address: string): Promise<Caller | undefined>
  /** A file, or a folder as a tar archive, of a recovery point. Asks for `restore`. */
  download(wanted: { readonly pointId: string; readonly path: string }, call: Call): Promise<Download>
  /** Whether it works, in one word for anybody. */
  health(): Promise<HealthState>
  record(entry: AuditRecord): Promise<void>
  /** Prometheus' text format 0.0.4. */
  metrics(options?: Abortable): Promise<string>
  /** By which names the console may be reached, and from where. */
  readonly listen: { readonly reach: 'loopback' | 'network'; readonly hosts: readonly string[] }
  /** How restic clients elsewhere come in, and what the door for them asks. */
  readonly vaultDoor: {
    readonly reach: 'off' | 'loopback' | 'network'
    readonly port: number
    readonly agents: Pick<AgentDoor, 'findAgent' | 'receipts' | 'onStored'>
  }
  /** Runs are asked to stop, and waited for; what does not stop in time is journalled as interrupted. */
  close(): Promise<void>
}
