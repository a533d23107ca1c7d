import { CoreError } from '../../base/index.ts'
import { compileKernel, openKernel } from './kernel.ts'
import type { Polynomial } from './polynomial.ts'

// A stream is cut behind a byte when the chunk has at least MIN_CHUNK_BYTES and either the last 64 bytes are a *candidate*
// (the 20 low bits of their digest are zero, which makes chunks of 1 MiB on average behind the minimum), or the chunk has
// MAX_CHUNK_BYTES. What is left at the end of the stream is a chunk of any size. These numbers are restic's; another
// cut here or there would be valid, but nothing would deduplicate between the two programs any more.
//
// Whether a place is a candidate depends on 64 bytes and nothing else, not even on where the chunk began: the minimum is
// larger than the window, so the window lies within the chunk whenever it is asked about. That is why places can be tested
// in any order, sixteen at a time, and why the bytes up to the minimum need not be looked at.

export const MIN_CHUNK_BYTES = 512 * 1024
export const MAX_CHUNK_BYTES = 8 * 1024 * 1024

/** What a chunk finder needs of the shared memory for itself. */
export const SCRATCH_BYTES = 8192
/** Vectors should not straddle cache lines. */
const SCRATCH_ALIGNMENT = 64

export interface ChunkFinderOptions {
  /** Holds both the data and the scratch area. Shared, at most 4 GiB. */
  readonly memory: WebAssembly.Memory
  /** Address of `SCRATCH_BYTES` bytes, a multiple of 64, that nobody else writes to while the finder is in use. */
  readonly scratch: number
  readonly polynomial: Polynomial
  /** The result of `compileKernel`, perhaps from another thread. Default: compiled here, in a third of a millisecond. */
  readonly module?: WebAssembly.Module | undefined
}

/**
 * Cuts one stream after the other. A stream is shown in windows that lie anywhere in memory, each beginning exactly where
 * the last chunk ended: whoever calls carries the undecided rest to before the next bytes. The finder remembers how much
 * of that rest it has tested, so no byte is scanned twice. One thread's, one stream's at a time.
 */
export interface ChunkFinder {
  /**
   * The length of the chunk that begins at `start`, or 0 when `[start, end)` does not decide it yet. With `isLast`, `end`
   * is the end of the stream: then 0 means that nothing is left, and the finder is ready for another stream.
   */
  nextCut(start: number, end: number, isLast: boolean): number
  /**
   * Replaces what is in `lengths` by the lengths of all chunks that `[start, end)` decides, in order. Returns their sum:
   * the next window begins that much behind `start`.
   */
  findCuts(start: number, end: number, isLast: boolean, lengths: number[]): number
  /** Forgets a stream that was not shown to its end. */
  reset(): void
}

/** @throws CoreError `internal/defect` when the scratch area does not lie in the memory as it has to. */
export function createChunkFinder({ memory, scratch, polynomial, module }: ChunkFinderOptions): ChunkFinder {
  if (scratch % SCRATCH_ALIGNMENT !== 0 || scratch < 0 || scratch + SCRATCH_BYTES > memory.buffer.byteLength) {
    throw new CoreError('internal/defect', `A chunk finder cannot keep its tables at address ${scratch}`)
  }
  const kernel = openKernel(memory, module ?? compileKernel())
  const blockBytes = kernel.BLOCK_BYTES.value
  kernel.prepare(scratch, polynomial)

  // At this many bytes of the current chunk, and at fewer, there is certainly no cut.
  let tested = MIN_CHUNK_BYTES - 1

  function nextCut(start: number, end: number, isLast: boolean): number {
    const length = decide(start, end - start, isLast)
    if (length > 0) tested = MIN_CHUNK_BYTES - 1
    return length
  }

  function decide(start: number, available: number, isLast: boolean): number {
    const isWhole = isLast || available >= MAX_CHUNK_BYTES
    const untested = Math.min(available, MAX_CHUNK_BYTES) - tested
    // Short blocks are slower and more bytes are coming: what does not fill one can wait for them.
    const now = isWhole ? untested : untested - (untested % blockBytes)
    if (now > 0) {
      const candidate = kernel.findCandidate(scratch, start + tested, now)
      if (candidate > 0) return tested + candidate
      tested += now
    }
    return isWhole ? Math.min(available, MAX_CHUNK_BYTES) : 0
  }

  return {
    nextCut,
    findCuts(start, end, isLast, lengths) {
      let at = start
      lengths.length = 0
      for (let length = nextCut(at, end, isLast); length > 0; length = nextCut(at, end, isLast)) {
        lengths.push(length)
        at += length
      }
      return at - start
    },
    reset() {
      tested = MIN_CHUNK_BYTES - 1
    },
  }
}
