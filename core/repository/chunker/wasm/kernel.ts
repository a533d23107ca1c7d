import { scanLanes } from './lanes'
import { SCRATCH_BYTES } from './layout'
import { scanBytes } from './scalar'
import { prepare } from './tables'

export { SCRATCH_BYTES, prepare }

/**
 * Bytes of a lane in a full block. Long, because each lane first reads 64 bytes that do not count; short, because what is
 * scanned of a block behind its first candidate is in vain. Not a multiple of 4096: 16 lanes that far apart would share
 * one set of the first-level cache, which has 8 or 12 places.
 */
const LANE_BYTES: usize = 4096 + 64

/** Lengths that are multiples of this are scanned fastest. */
export const BLOCK_BYTES: usize = 16 * LANE_BYTES

/**
 * Looks for the first candidate in `length` bytes at `from`: a place whose last 64 bytes have a digest with 20 low zero
 * bits. The 64 bytes before `from` must be there. Returns how many bytes end at the candidate, 0 when there is none.
 *
 * A scratch area that `prepare` filled belongs to one thread at a time.
 */
export function findCandidate(scratch: usize, from: usize, length: usize): usize {
  let done: usize = 0
  while (done < length) {
    const left = length - done
    const lane = left < BLOCK_BYTES ? (left >> 8) << 4 : LANE_BYTES
    const bytes = lane == 0 ? left : lane << 4
    const found = lane == 0 ? scanBytes(scratch, from + done, left) : scanLanes(scratch, from + done, lane)
    if (found) return done + found
    done += bytes
  }
  return 0
}
