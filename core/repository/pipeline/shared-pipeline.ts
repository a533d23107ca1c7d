import type { CompressionLevel } from '../compression/zstd.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import type { SharedBlobIndex } from '../index/blob-index.ts'

/**
 * What the threads of one writing pipeline share. Worker threads get it as it is and work synchronously; they sleep on
 * one word, the *bell*, which rings whenever something happened that one of them may be waiting for.
 */
export interface SharedPipeline {
  readonly masterKey: MasterKey
  readonly index: SharedBlobIndex
  readonly level: CompressionLevel
  /** Hexadecimal. */
  readonly chunkerPolynomial: string
  readonly chunkerModule: WebAssembly.Module
  /** Bytes that a pack should reach before it is closed. */
  readonly packBytes: number
  readonly workers: number
  readonly control: SharedArrayBuffer
  /** Buffers that packs are built in, taken by workers and given back by the main thread once they are stored. */
  readonly packSlots: readonly SharedArrayBuffer[]
  /** One more, for a pack of a single blob that no slot can hold. It grows as it has to. */
  readonly largeSlot: SharedArrayBuffer
  /** Holds every worker's windows and its chunker's scratch memory. */
  readonly memory: WebAssembly.Memory
  /** Ids of the chunks of each window. */
  readonly chunkIds: SharedArrayBuffer
}

// Words of the control block.
export const BELL = 0
export const STOPPED = 1
export const QUEUE_LOCK = 2
export const QUEUE_HEAD = 3
export const QUEUE_TAIL = 4
const FIXED_WORDS = 8

/** Chunks that may wait for a helper; a power of two. Two windows a worker hold at most 66. */
export const QUEUE_LENGTH = 1024
/** Words of a queued chunk: its window, its address, its length, its number in the window. */
export const QUEUE_WORDS = 4

/** A file is read in pieces of this size, each behind the uncut rest of the one before. */
export const WINDOW_READ = 8 * 1024 * 1024
/** The longest uncut rest is one byte short of the longest chunk. */
export const WINDOW_BYTES = 2 * WINDOW_READ
/** One is read and cut while the chunks of the other are being sealed. */
export const WINDOWS_A_WORKER = 2
/** A window has at most this many chunks: restic's shortest has 512 KiB, and a file's last may be shorter. */
export const CHUNKS_A_WINDOW = WINDOW_BYTES / (512 * 1024) + 1

export function queueAt(): number {
  return FIXED_WORDS
}

/** Where the number of chunks of this window stands that are still to be sealed. */
export function windowAt(window: number): number {
  return FIXED_WORDS + QUEUE_LENGTH * QUEUE_WORDS + window
}

/** Where this pack slot's state stands: 0 free, 1 taken. The large one comes behind the others. */
export function slotAt(workers: number, slot: number): number {
  return windowAt(workers * WINDOWS_A_WORKER) + slot
}

export function controlBytes(workers: number, slots: number): number {
  return slotAt(workers, slots) * Int32Array.BYTES_PER_ELEMENT
}
