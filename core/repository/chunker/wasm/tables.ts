import { FOLD_A, FOLD_B, LEAVING_HIGH, LEAVING_LOW, MASK_0F, MASK_10, MASK_E0, SLICES } from './layout'

// The digest of a window is the window read as a polynomial over GF(2), most significant bit first, modulo an
// irreducible polynomial P of degree 53. Two steps move the window by a byte:
//
//   a byte leaves    its bits stand at x^504 … x^511 (63 bytes came after it): add them once more, they cancel
//   a byte enters    everything is multiplied by x^8, the new byte takes the place of x^0 … x^7, and what now stands at
//                    x^53 and above is folded back by P
//
// Both are linear, so a table for each nibble does it: 16 entries fit the byte shuffle that the lanes look up with.
// The 8 bits that fold are bits 45 … 52 of the digest before the multiplication. They are taken in two groups of four
// that cost the fewest instructions to gather from digest bytes 5 (bits 40 … 47) and 6 (bits 48 … 52):
//
//   group A    bits 48 49 50 51      = byte 6 & 15
//   group B    bits 52 45 46 47      = (byte 5 & 0xe0 | byte 6 & 0x10) >> 4

const DEGREE: u32 = 53
const DIGEST_BYTES: u32 = 7
/** Position of the lowest bit of the byte that is 64th from the end of the window. */
const LEAVING: u32 = 63 * 8

/** x^exponent mod polynomial. */
function power(exponent: u32, polynomial: u64): u64 {
  let value: u64 = 1
  for (let i: u32 = 0; i < exponent; i++) {
    value <<= 1
    if (value >> DEGREE) value ^= polynomial
  }
  return value
}

/**
 * What bit `bit` of a digest becomes when the digest is multiplied by x^8. Where the lanes' shift by a whole byte leaves
 * it inside the 7 bytes of a digest, it is part of the entry too, so that adding the entry removes it.
 */
function fold(bit: u32, polynomial: u64): u64 {
  const moved = bit + 8
  return power(moved, polynomial) | (moved < DIGEST_BYTES * 8 ? (<u64>1) << moved : 0)
}

/** Fills a table of 16 digests from the entries of its four single bits. */
function fill(table: usize, bit0: u64, bit1: u64, bit2: u64, bit3: u64): void {
  for (let nibble: usize = 0; nibble < 16; nibble++) {
    let sum: u64 = 0
    if (nibble & 1) sum ^= bit0
    if (nibble & 2) sum ^= bit1
    if (nibble & 4) sum ^= bit2
    if (nibble & 8) sum ^= bit3
    store<u64>(table + nibble * 8, sum)
  }
}

function fillLeaving(table: usize, lowest: u32, polynomial: u64): void {
  fill(
    table,
    power(lowest, polynomial),
    power(lowest + 1, polynomial),
    power(lowest + 2, polynomial),
    power(lowest + 3, polynomial),
  )
}

/** Byte `slice` of every entry of the digest table, as the 16-byte table that a lane-wise lookup takes. */
function cut(digests: usize, slice: usize, table: usize): void {
  for (let nibble: usize = 0; nibble < 16; nibble++) {
    store<u8>(table + nibble, load<u8>(digests + nibble * 8 + slice))
  }
}

/** Prepares a scratch area for one polynomial. */
export function prepare(scratch: usize, polynomial: u64): void {
  fillLeaving(scratch + LEAVING_LOW, LEAVING, polynomial)
  fillLeaving(scratch + LEAVING_HIGH, LEAVING + 4, polynomial)
  fill(scratch + FOLD_A, fold(48, polynomial), fold(49, polynomial), fold(50, polynomial), fold(51, polynomial))
  fill(scratch + FOLD_B, fold(52, polynomial), fold(45, polynomial), fold(46, polynomial), fold(47, polynomial))

  for (let slice: usize = 0; slice < DIGEST_BYTES; slice++) {
    const tables = scratch + SLICES + slice * 64
    cut(scratch + LEAVING_LOW, slice, tables)
    cut(scratch + LEAVING_HIGH, slice, tables + 16)
    cut(scratch + FOLD_A, slice, tables + 32)
    cut(scratch + FOLD_B, slice, tables + 48)
  }
  memory.fill(scratch + MASK_0F, 0x0f, 16)
  memory.fill(scratch + MASK_E0, 0xe0, 16)
  memory.fill(scratch + MASK_10, 0x10, 16)
}
