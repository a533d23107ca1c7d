import type { Abortable } from '../../../base/index.ts'

/** Counts what is in snapshots, in one of the modes of `stats`. */
export interface StatsCounter {
  /** Adds what hangs on a snapshot's root tree. */
  add(tree: Buffer, options: Abortable): Promise<void>
  readonly totals: StatsTotals
  /** Entries that were looked at so far. */
  readonly seen: number
}

/** Sizes are bytes. Absent is what the mode does not count. */
export interface StatsTotals {
  readonly size: bigint
  readonly files?: number
  readonly blobs?: number
  readonly compression?: CompressionTotals
}

export interface CompressionTotals {
  /** What everything would take uncompressed, encryption included. */
  readonly uncompressedSize: number
  /** What the compressed blobs take, and would take uncompressed. */
  readonly compressedBlobs: number
  readonly compressedBlobsBefore: number
}

/** Told of what cannot be read; it then does not count. */
export type OnUnreadable = (what: string, error: unknown) => void
