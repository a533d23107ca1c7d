import type { Storage, TokenBucket } from '../storage/index.ts'

/** A vault as the door sees it. Agents of one vault see the same files. */
export interface DoorVault {
  readonly id: string
  readonly storage: Storage
  /** Whether a prune removes files at this moment: nothing is taken until it is done. Asked anew each time. */
  isPruning(): boolean
}

/** A restic client elsewhere. */
export interface Agent {
  /** What it has stored is noted under this: it never changes. */
  readonly id: string
  readonly name: string
  /**
   * `digestSecret` of its password. That must be one of 256 random bits that the appliance has made (`newSecret`): the door
   * looks at it with each request, and a right one is never made to wait.
   */
  readonly digest: string
  readonly vault: DoorVault
  /** `append-only`: it removes nothing but its own locks. */
  readonly mode: 'append-only' | 'full'
  /** How much it may have stored. Bytes; undefined: as much as there is room for. */
  readonly quota?: number | undefined
  /** What its uploads take part in; undefined: as fast as can be. */
  readonly uploads?: TokenBucket | undefined
}

/** Asked with each request, so what it tells of an agent takes effect at once. */
export type FindAgent = (name: string) => Promise<Agent | undefined>

/** Never told a secret. */
export interface DoorLog {
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}
