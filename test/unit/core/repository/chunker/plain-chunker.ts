// restic's chunker written down as plainly as possible, to compare with: one byte after the other, 256-entry tables. It
// shares nothing with the kernel but the definition.

const DEGREE = 53n
const WINDOW = 64
const MIN = 512 * 1024
const MAX = 8 * 1024 * 1024
const CANDIDATE_MASK = (1 << 20) - 1

/** Looks for places where 64 bytes have a digest whose 20 low bits are zero. */
export interface PlainChunker {
  /** The digest of any bytes, as a polynomial modulo the repository's. */
  digest(bytes: Uint8Array): bigint
  /** Every n in 1 … length for which the 64 bytes that end n behind `from` are a candidate. */
  candidates(data: Uint8Array, from: number, length: number): number[]
  /** The lengths of the chunks that a stream is cut into. */
  cut(data: Uint8Array): number[]
}

export function createPlainChunker(polynomial: bigint): PlainChunker {
  function modulo(value: bigint): bigint {
    let rest = value
    for (let size = rest.toString(2).length - 1; rest >> DEGREE > 0n; size = rest.toString(2).length - 1) {
      rest ^= polynomial << (BigInt(size) - DEGREE)
    }
    return rest
  }

  // A digest is 21 high bits and 32 low bits: numbers are 30 times faster than BigInt here.
  const leaving = table((byte) => modulo(byte << BigInt((WINDOW - 1) * 8)))
  const folding = table((byte) => modulo(byte << DEGREE))

  function scan(data: Uint8Array, from: number, length: number, visit: (n: number) => boolean): void {
    let high = 0
    let low = 0
    const first = from - WINDOW
    for (let at = first; at < from + length; at++) {
      if (at >= from) {
        const gone = data[at - WINDOW] ?? 0
        high ^= leaving.high[gone] ?? 0
        low ^= leaving.low[gone] ?? 0
      }
      const fold = high >>> 13
      high = (((high << 8) | (low >>> 24)) & 0x1fffff) ^ (folding.high[fold] ?? 0)
      low = ((low << 8) | (data[at] ?? 0)) ^ (folding.low[fold] ?? 0)
      if (at >= from && (low & CANDIDATE_MASK) === 0 && !visit(at - from + 1)) return
    }
  }

  return {
    digest: (bytes) => modulo(BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)),
    candidates(data, from, length) {
      const found: number[] = []
      scan(data, from, length, (n) => found.push(n) > 0)
      return found
    },
    cut(data) {
      const lengths: number[] = []
      for (let start = 0; start < data.length; start += lengths.at(-1) ?? 0) {
        let length = Math.min(MAX, data.length - start)
        if (length >= MIN) {
          scan(data, start + MIN - 1, length - MIN + 1, (n) => {
            length = MIN - 1 + n
            return false
          })
        }
        lengths.push(length)
      }
      return lengths
    },
  }
}

function table(entry: (byte: bigint) => bigint): { high: Uint32Array; low: Uint32Array } {
  const entries = Array.from({ length: 256 }, (_, byte) => entry(BigInt(byte)))
  return {
    high: Uint32Array.from(entries, (value) => Number(value >> 32n)),
    low: Uint32Array.from(entries, (value) => Number(value & 0xffffffffn)),
  }
}
