import { FOLD_A, FOLD_B, LEAVING_HIGH, LEAVING_LOW } from './layout'

const WINDOW: usize = 64
/** Average chunk 1 MiB: a candidate's lowest 20 digest bits are zero. */
const CANDIDATE_MASK: u64 = (1 << 20) - 1
const SEVEN_BYTES: u64 = 0x00ff_ffff_ffff_ffff

function entry(table: usize, nibble: usize): u64 {
  return load<u64>(table + (nibble << 3))
}

function enter(scratch: usize, digest: u64, byte: u8): u64 {
  const a = <usize>(digest >> 48) & 15
  const b = (<usize>(digest >> 44) & 0x0e) | <usize>(digest >> 52)
  return (((digest << 8) & SEVEN_BYTES) | byte) ^ entry(scratch + FOLD_A, a) ^ entry(scratch + FOLD_B, b)
}

function leave(scratch: usize, digest: u64, byte: u8): u64 {
  return digest ^ entry(scratch + LEAVING_LOW, byte & 15) ^ entry(scratch + LEAVING_HIGH, byte >> 4)
}

/** What `findCandidate` promises, one byte after the other: for what is too short for 16 lanes. */
export function scanBytes(scratch: usize, from: usize, length: usize): usize {
  let digest: u64 = 0
  for (let at = from - WINDOW; at != from; at++) digest = enter(scratch, digest, load<u8>(at))
  for (let i: usize = 0; i < length; i++) {
    const at = from + i
    digest = enter(scratch, leave(scratch, digest, load<u8>(at - WINDOW)), load<u8>(at))
    if ((digest & CANDIDATE_MASK) == 0) return i + 1
  }
  return 0
}
