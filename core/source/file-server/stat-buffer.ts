import type { EntryStat } from './walk.ts'

/** Bytes of a `struct statx` (Linux, include/uapi/linux/stat.h). */
export const STAT_BYTES = 256

/** Reads what `statAt` wrote. */
export interface StatReader {
  read(): EntryStat
}

// Where its members stand, in units of their own size.
const NLINK = 16 / 4
const UID = 20 / 4
const GID = 24 / 4
const MODE = 28 / 2
const INO = 32 / 8
const SIZE = 40 / 8
const BLOCKS = 48 / 8
const CTIME = 96
const MTIME = 112
const RDEV = 128 / 4
const DEV = 136 / 4

export function createStatReader(buffer: Buffer): StatReader {
  const { buffer: memory, byteOffset } = buffer
  const halves = new Uint16Array(memory, byteOffset, STAT_BYTES / 2)
  const words = new Uint32Array(memory, byteOffset, STAT_BYTES / 4)
  const wide = new BigUint64Array(memory, byteOffset, STAT_BYTES / 8)
  const signed = new BigInt64Array(memory, byteOffset, STAT_BYTES / 8)

  const time = (at: number): bigint => (signed[at / 8] ?? 0n) * 1_000_000_000n + BigInt(words[at / 4 + 2] ?? 0)
  const device = (at: number): bigint => makeDevice(words[at] ?? 0, words[at + 1] ?? 0)

  return {
    read: () => ({
      mode: BigInt(halves[MODE] ?? 0),
      ino: wide[INO] ?? 0n,
      dev: device(DEV),
      rdev: device(RDEV),
      nlink: BigInt(words[NLINK] ?? 0),
      uid: BigInt(words[UID] ?? 0),
      gid: BigInt(words[GID] ?? 0),
      size: wide[SIZE] ?? 0n,
      blocks: wide[BLOCKS] ?? 0n,
      mtimeNs: time(MTIME),
      ctimeNs: time(CTIME),
    }),
  }
}

/** glibc's `makedev`: 12 + 20 bits, interleaved as they grew. What `stat` gives as one number. */
function makeDevice(major: number, minor: number): bigint {
  if (major < 0x1000 && minor < 0x100) return BigInt(major * 0x100 + minor)
  const [wideMajor, wideMinor] = [BigInt(major), BigInt(minor)]
  return (
    ((wideMajor & 0xffff_f000n) << 32n) |
    ((wideMajor & 0xfffn) << 8n) |
    ((wideMinor & 0xffff_ff00n) << 12n) |
    (wideMinor & 0xffn)
  )
}
