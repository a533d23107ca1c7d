declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events'

  import type { DestinationStream } from 'pino'

  interface RollOptions {
    readonly file: string
    readonly extension?: string
    readonly frequency?: 'daily' | 'hourly' | number
    readonly size?: string
    readonly limit?: { readonly count: number; readonly removeOtherLogFiles?: boolean }
    readonly mkdir?: boolean
    readonly mode?: number
    readonly sync?: boolean
  }

  /** A stream into files that are exchanged by time and size. */
  export default function openRolling(options: RollOptions): Promise<DestinationStream & EventEmitter & { end(): void }>
}
