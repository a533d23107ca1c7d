import { ID_BYTES } from '../blob.ts'
import { createChunkFinder, MIN_CHUNK_BYTES, SCRATCH_BYTES } from '../chunker/chunk-finder.ts'
import type { Bell } from './bell.ts'
import type { BlobWriter } from './blob-writer.ts'
import { createChunkQueue, type QueuedChunk } from './chunk-queue.ts'
import { CHUNKS_A_WINDOW, type SharedPipeline, WINDOW_BYTES, WINDOW_READ, WINDOWS_A_WORKER } from './shared-pipeline.ts'

/** Fills the start of `target` with the next bytes of a file and returns how many; 0 at its end. May throw. */
export type ReadNext = (target: Buffer) => number

/** What was stored: the ids of its blobs, and how many bytes they hold. */
export interface SavedContent {
  readonly ids: Buffer
  readonly length: number
}

/** Stores the content of files, cut where it says so. */
export interface ContentWriter {
  /** Stores everything that `read` gives. Returns the ids of its blobs, 32 bytes each. */
  save(read: ReadNext): Buffer
  /** The same, but only to where the first chunk ends at or behind `until`; `read` may have given more. Bytes. */
  saveUntil(read: ReadNext, until: number): SavedContent
  /** Seals one waiting chunk of any worker. False where there is none. */
  help(): boolean
}

/** The first bytes of the shared memory stay unused, so that no address is 0. */
const MEMORY_START = 64

/** How many pages of 64 KiB the shared memory of a pipeline needs. */
export function memoryPages(workers: number): number {
  const bytes = MEMORY_START + workers * (SCRATCH_BYTES + WINDOWS_A_WORKER * WINDOW_BYTES)
  return Math.ceil(bytes / 65_536)
}

/** Fills `target` as far as the file goes. */
function fill(read: ReadNext, target: Buffer): number {
  let filled = 0
  while (filled < target.length) {
    const count = read(target.subarray(filled))
    if (count === 0) break
    filled += count
  }
  return filled
}

/**
 * `worker` counts from 0. A file is read into one of the worker's two windows, cut there, and its chunks offered to all
 * workers; while they are sealed the next piece is read into the other window, behind what was left uncut.
 */
export function createContentWriter(
  shared: SharedPipeline,
  worker: number,
  blobs: BlobWriter,
  bell: Bell,
): ContentWriter {
  const control = new Int32Array(shared.control)
  const queue = createChunkQueue(control)
  const memory = Buffer.from(shared.memory.buffer as ArrayBuffer)
  const ids = Buffer.from(shared.chunkIds)
  const scratch = MEMORY_START + worker * SCRATCH_BYTES
  const firstWindow = worker * WINDOWS_A_WORKER
  const windowsAt = MEMORY_START + shared.workers * SCRATCH_BYTES
  const finder = createChunkFinder({
    memory: shared.memory,
    module: shared.chunkerModule,
    scratch,
    polynomial: BigInt(`0x${shared.chunkerPolynomial}`),
  })
  const lengths: number[] = []
  const helped: QueuedChunk = { window: 0, start: 0, length: 0, position: 0 }

  function addressOf(window: number): number {
    return windowsAt + window * WINDOW_BYTES
  }

  function idOf(window: number, position: number): Buffer {
    const at = (window * CHUNKS_A_WINDOW + position) * ID_BYTES
    return ids.subarray(at, at + ID_BYTES)
  }

  function seal({ window, start, length, position }: QueuedChunk): void {
    try {
      blobs.save('data', memory.subarray(start, start + length), idOf(window, position))
    } catch (error) {
      // Its id will never be there, and the file may be another worker's: nobody may go on as if it were.
      bell.stop()
      throw error
    }
    if (queue.done(window)) bell.ring()
  }

  function help(): boolean {
    if (!queue.pop(helped)) return false
    seal(helped)
    return true
  }

  function offer(window: number, start: number): void {
    let at = start
    for (const [position, length] of lengths.entries()) {
      const chunk = { window, start: at, length, position }
      queue.expect(window)
      if (!queue.push(chunk)) seal(chunk)
      at += length
    }
    if (lengths.length > 0) bell.ring()
  }

  /** Waits until the chunks of a window are sealed, then hands out their ids. */
  function drain(window: number, chunks: number, into: Buffer[]): void {
    bell.waitUntil(() => queue.outstanding(window) === 0, help)
    if (chunks > 0)
      into.push(
        Buffer.from(ids.subarray(window * CHUNKS_A_WINDOW * ID_BYTES, (window * CHUNKS_A_WINDOW + chunks) * ID_BYTES)),
      )
  }

  /** A file shorter than any chunk is one blob: no cutting, no queue, no second window. */
  function saveShort(start: number, length: number): Buffer {
    const id = Buffer.allocUnsafe(length > 0 ? ID_BYTES : 0)
    if (length > 0) blobs.save('data', memory.subarray(start, start + length), id)
    return id
  }

  /** Leaves out the cuts behind the first that comes to `until`. Returns whether there is one. `from` is where they begin. */
  function endAt(from: number, until: number): boolean {
    let at = from
    for (const [number, length] of lengths.entries()) {
      at += length
      if (at < until) continue
      lengths.length = number + 1
      return true
    }
    return false
  }

  function saveUntil(read: ReadNext, until: number): SavedContent {
    let window = firstWindow
    let start = addressOf(window)
    let end = start + fill(read, memory.subarray(start, start + WINDOW_READ))
    if (end - start < MIN_CHUNK_BYTES) return { ids: saveShort(start, end - start), length: end - start }

    const contents: Buffer[] = []
    let saved = 0
    const chunks = Array.from({ length: WINDOWS_A_WORKER }, () => 0)
    try {
      for (;;) {
        const isEnd = end - start < WINDOW_READ || end === start
        const rest = start + finder.findCuts(start, end, isEnd, lengths)
        const isLast = endAt(saved, until) || isEnd
        for (const length of lengths) saved += length
        chunks[window - firstWindow] = lengths.length
        offer(window, start)
        const other = firstWindow + ((window - firstWindow + 1) % WINDOWS_A_WORKER)
        drain(other, chunks[other - firstWindow] ?? 0, contents)
        chunks[other - firstWindow] = 0
        if (isLast) {
          drain(window, chunks[window - firstWindow] ?? 0, contents)
          return { ids: Buffer.concat(contents), length: saved }
        }
        const next = addressOf(other)
        memory.copyWithin(next, rest, end)
        start = next
        const filled = next + (end - rest)
        end = filled + fill(read, memory.subarray(filled, filled + WINDOW_READ))
        window = other
      }
    } finally {
      finder.reset()
      // A file that failed half-way leaves chunks that others may be sealing: the windows are theirs until then. After
      // a stop nobody looks at them again, and to wait would hide the error that led to it.
      for (let each = 0; each < WINDOWS_A_WORKER && !bell.isStopped; each++) {
        bell.waitUntil(() => queue.outstanding(firstWindow + each) === 0, help)
      }
    }
  }

  return { help, save: (read) => saveUntil(read, Number.POSITIVE_INFINITY).ids, saveUntil }
}
