import { LOW_BITS, MASK_0F, MASK_10, MASK_E0, NEXT_BITS, ROWS, ROWS_BYTES, SLICES } from './layout'
import { transpose } from './transpose'

/** Every lane reads these bytes before its first own one, so that its digest knows a whole window. */
const WARM_UP: usize = 64
/** Rows are transposed, scanned and tested in groups. */
const GROUP: usize = 16
/** Bytes of a row: one of each lane. */
const LANES: usize = 16

/** Of each lane, the entry of one 16-byte table. Indices are below 16: beyond, the instruction may answer anything. */
function lookUp(scratch: usize, slice: usize, table: usize, nibbles: v128): v128 {
  return i8x16.relaxed_swizzle(v128.load(scratch + (SLICES + slice * 64 + table * 16)), nibbles)
}

/** What a byte takes from digest byte `slice` when it leaves the window. */
function leaving(scratch: usize, slice: usize, low: v128, high: v128): v128 {
  return v128.xor(lookUp(scratch, slice, 0, low), lookUp(scratch, slice, 1, high))
}

/** What the bits that fold add to digest byte `slice`. */
function folding(scratch: usize, slice: usize, a: v128, b: v128): v128 {
  return v128.xor(lookUp(scratch, slice, 2, a), lookUp(scratch, slice, 3, b))
}

/**
 * What `findCandidate` promises for 16 consecutive stretches of `stride` bytes, all at once: one lane each. `stride` is a
 * multiple of 16.
 *
 * A digest of 53 bits is 7 bytes; the digests of the 16 lanes are held byte-sliced in 7 vectors, d0 the lowest bytes.
 * Multiplication by x^8 then is no instruction at all: every vector takes the place of the next.
 *
 * The vector units bound the speed (28 lookups, 28 additions a row), so the test of a row has two instructions: d0 | d1 is
 * zero where the low 16 bits are, and the minimum over 16 rows shows whether that happened in one of them. Only then are
 * the rows looked at for the 4 bits left, once in 256 groups on random data.
 */
export function scanLanes(scratch: usize, from: usize, stride: usize): usize {
  const start = from - WARM_UP
  const mask0f = v128.load(scratch, MASK_0F)
  const maskE0 = v128.load(scratch, MASK_E0)
  const mask10 = v128.load(scratch, MASK_10)
  const none = i8x16.splat(0)
  let d0 = none
  let d1 = none
  let d2 = none
  let d3 = none
  let d4 = none
  let d5 = none
  let d6 = none

  // Zero bytes leave without a trace, so nothing has to tell the first 64 rows from the others.
  memory.fill(scratch + (ROWS + ROWS_BYTES - WARM_UP * LANES), 0, WARM_UP * LANES)

  /** The lanes before the one with the earliest candidate so far, as a bit mask; a later lane's cannot matter. */
  let earlier: u32 = 0xffff
  let found: usize = 0

  for (let row: usize = 0; row < stride + WARM_UP; row += GROUP) {
    const group = scratch + ROWS + ((row * LANES) & (ROWS_BYTES - 1))
    const groupEnd = group + GROUP * LANES
    let old = scratch + ROWS + (((row - WARM_UP) * LANES) & (ROWS_BYTES - 1))
    let least = i8x16.splat(-1)
    transpose(start + row, stride, group)

    for (let at = group; at != groupEnd; at += LANES) {
      const gone = v128.load(old)
      const low = v128.and(gone, mask0f)
      const high = v128.and(i16x8.shr_u(gone, 4), mask0f)
      d0 = v128.xor(d0, leaving(scratch, 0, low, high))
      d1 = v128.xor(d1, leaving(scratch, 1, low, high))
      d2 = v128.xor(d2, leaving(scratch, 2, low, high))
      d3 = v128.xor(d3, leaving(scratch, 3, low, high))
      d4 = v128.xor(d4, leaving(scratch, 4, low, high))
      d5 = v128.xor(d5, leaving(scratch, 5, low, high))
      d6 = v128.xor(d6, leaving(scratch, 6, low, high))

      const a = v128.and(d6, mask0f)
      const b = i16x8.shr_u(v128.or(v128.and(d5, maskE0), v128.and(d6, mask10)), 4)
      d6 = v128.xor(d5, folding(scratch, 6, a, b))
      d5 = v128.xor(d4, folding(scratch, 5, a, b))
      d4 = v128.xor(d3, folding(scratch, 4, a, b))
      d3 = v128.xor(d2, folding(scratch, 3, a, b))
      d2 = v128.xor(d1, folding(scratch, 2, a, b))
      d1 = v128.xor(d0, folding(scratch, 1, a, b))
      d0 = v128.xor(v128.load(at), folding(scratch, 0, a, b))

      const lowBits = v128.or(d0, d1)
      least = i8x16.min_u(least, lowBits)
      v128.store(at, lowBits, LOW_BITS)
      v128.store(at, d2, NEXT_BITS)
      old += LANES
    }

    if (i8x16.all_true(least) || row < WARM_UP) continue
    if ((i8x16.bitmask(i8x16.eq(least, none)) & earlier) == 0) continue
    for (let i: usize = 0; i < GROUP; i++) {
      const at = group + i * LANES
      const bits = v128.or(v128.load(at, LOW_BITS), v128.and(v128.load(at, NEXT_BITS), mask0f))
      const hits = i8x16.bitmask(i8x16.eq(bits, none)) & earlier
      if (hits == 0) continue
      const lane = <usize>ctz(hits)
      found = lane * stride + (row - WARM_UP) + i + 1
      earlier = (1 << (<u32>lane)) - 1
    }
    if (earlier == 0) break
  }
  return found
}
