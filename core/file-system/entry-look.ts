import { type EntryKind, type EntryStat, kindOf, kindOfMode } from './entry-kind.ts'

/** What a look at an entry told. Valid until the next look into the same or another folder of the same reader. */
export interface EntryLook {
  /** Undefined for a type that Linux does not have. */
  readonly kind: EntryKind | undefined
  /** Undefined where the numbers came as BigInts: then these are all there is. */
  readonly facts: EntryFacts | undefined
  /** All of it, to be kept. */
  stat(): EntryStat
}

/** What `stat` tells, in numbers that make no garbage: what is of 64 bits comes in two halves. */
export interface EntryFacts {
  readonly sizeLow: number
  readonly sizeHigh: number
  readonly inodeLow: number
  readonly inodeHigh: number
  readonly deviceLow: number
  readonly deviceHigh: number
  readonly links: number
  /** Seconds since the epoch, and nanoseconds. */
  readonly mtime: number
  readonly mtimeNanos: number
  readonly ctime: number
  readonly ctimeNanos: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** Bytes of a `struct statx` (Linux, include/uapi/linux/stat.h). */
const STAT_BYTES = 256

// Where its members stand, in units of 4 bytes.
const NLINK = 16 / 4
const UID = 20 / 4
const GID = 24 / 4
const MODE = 28 / 4
const INO = 32 / 4
const SIZE = 40 / 4
const BLOCKS = 48 / 4
const CTIME = 96 / 4
const MTIME = 112 / 4
const RDEV = 128 / 4
const DEV = 136 / 4

const SCALE = 2 ** 32

/** A look through `statx`: the kernel writes into `memory`, and nothing is made of it before it is asked for. */
export class StatxLook implements EntryLook, EntryFacts {
  readonly memory = Buffer.alloc(STAT_BYTES)
  readonly #words = new Uint32Array(this.memory.buffer, this.memory.byteOffset, STAT_BYTES / 4)

  get facts(): EntryFacts {
    return this
  }
  get kind(): EntryKind | undefined {
    return kindOfMode(this.mode)
  }
  get sizeLow(): number {
    return this.#word(SIZE)
  }
  get sizeHigh(): number {
    return this.#word(SIZE + 1)
  }
  get inodeLow(): number {
    return this.#word(INO)
  }
  get inodeHigh(): number {
    return this.#word(INO + 1)
  }
  // The device as glibc's `makedev` makes one number of it: 12 + 20 bits, interleaved as they grew.
  get deviceLow(): number {
    const minor = this.#word(DEV + 1)
    return (((this.#word(DEV) & 0xfff) << 8) | (minor & 0xff) | ((minor & 0xff_ff00) << 12)) >>> 0
  }
  get deviceHigh(): number {
    return ((this.#word(DEV) & 0xffff_f000) | (this.#word(DEV + 1) >>> 20)) >>> 0
  }
  get links(): number {
    return this.#word(NLINK)
  }
  get mtime(): number {
    return this.#seconds(MTIME)
  }
  get mtimeNanos(): number {
    return this.#word(MTIME + 2)
  }
  get ctime(): number {
    return this.#seconds(CTIME)
  }
  get ctimeNanos(): number {
    return this.#word(CTIME + 2)
  }
  get mode(): number {
    return this.#word(MODE) & 0xffff
  }
  get uid(): number {
    return this.#word(UID)
  }
  get gid(): number {
    return this.#word(GID)
  }

  stat(): EntryStat {
    return {
      mode: BigInt(this.mode),
      ino: this.#wide(INO),
      dev: this.#device(DEV),
      rdev: this.#device(RDEV),
      nlink: BigInt(this.links),
      uid: BigInt(this.uid),
      gid: BigInt(this.gid),
      size: this.#wide(SIZE),
      blocks: this.#wide(BLOCKS),
      mtimeNs: this.#time(MTIME),
      ctimeNs: this.#time(CTIME),
    }
  }

  #word(at: number): number {
    return this.#words[at] ?? 0
  }

  /** Signed, and exact for some 285 million years. */
  #seconds(at: number): number {
    return (this.#word(at + 1) | 0) * SCALE + this.#word(at)
  }

  #wide(at: number): bigint {
    const high = this.#word(at + 1)
    return high === 0 ? BigInt(this.#word(at)) : (BigInt(high) << 32n) | BigInt(this.#word(at))
  }

  #time(at: number): bigint {
    return BigInt(this.#seconds(at)) * 1_000_000_000n + BigInt(this.#word(at + 2))
  }

  #device(at: number): bigint {
    const [major, minor] = [BigInt(this.#word(at)), BigInt(this.#word(at + 1))]
    return (
      ((major & 0xffff_f000n) << 32n) | ((major & 0xfffn) << 8n) | ((minor & 0xffff_ff00n) << 12n) | (minor & 0xffn)
    )
  }
}

/** A look through Node's `lstat`. */
export function lookOf(stat: EntryStat): EntryLook {
  return { kind: kindOf(stat), facts: undefined, stat: () => stat }
}
