import { systemChance } from '../../base/index.ts'

const WORDS = 8
const BYTE_VALUES = 256
const TABLE = WORDS * 4 * BYTE_VALUES

/** Draws what `createIdHash` takes: 32 KiB, in memory that threads share. */
export function drawIdSecret(): SharedArrayBuffer {
  const secret = new SharedArrayBuffer(TABLE * Uint32Array.BYTES_PER_ELEMENT)
  new Uint8Array(secret).set(systemChance.fill(Buffer.alloc(secret.byteLength)))
  return secret
}

/**
 * Hashes ids that begin at a word of an array. Ids are hashes already, but those of packs are names of files, and those in
 * an index are whatever somebody wrote there: a million of them that begin alike would take forever. Simple tabulation
 * with a secret table: with it, linear probing takes constant time whatever the ids are (Pătraşcu and Thorup, 2011).
 */
export function createIdHash(secret: SharedArrayBuffer): (ids: Uint32Array, at: number) => number {
  const table = new Uint32Array(secret)
  return (ids, at) => {
    let hash = 0
    for (let word = 0, row = 0; word < WORDS; word++, row += 4 * BYTE_VALUES) {
      const value = ids[at + word] ?? 0
      hash ^=
        (table[row + (value & 0xff)] ?? 0) ^
        (table[row + BYTE_VALUES + ((value >>> 8) & 0xff)] ?? 0) ^
        (table[row + 2 * BYTE_VALUES + ((value >>> 16) & 0xff)] ?? 0) ^
        (table[row + 3 * BYTE_VALUES + (value >>> 24)] ?? 0)
    }
    return hash
  }
}
