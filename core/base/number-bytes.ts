const FEWEST = 256

/** Whole numbers from zero up to 2^53 as bytes: seven bits each, the lowest first, and a bit that says that more follow. */
export interface NumberWriter {
  /** How many bytes there are. */
  readonly length: number
  write(number: number): void
  /** A copy of what was written since the last time. */
  take(): Uint8Array<ArrayBuffer>
}

export function createNumberWriter(): NumberWriter {
  let bytes = new Uint8Array(FEWEST)
  let length = 0

  function push(byte: number): void {
    if (length === bytes.length) {
      const grown = new Uint8Array(length * 2)
      grown.set(bytes)
      bytes = grown
    }
    bytes[length++] = byte
  }

  return {
    get length() {
      return length
    },
    write(number) {
      let left = number
      for (; left >= 128; left = Math.floor(left / 128)) push((left % 128) + 128)
      push(left)
    },
    take() {
      const taken = bytes.slice(0, length)
      length = 0
      return taken
    },
  }
}

/** Reads what a writer has written, from any place at which a number begins. */
export interface NumberReader {
  at: number
  next(): number
}

export function createNumberReader(bytes: Uint8Array): NumberReader {
  const reader = {
    at: 0,
    next() {
      let number = 0
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[reader.at++] ?? 0
        if (byte < 128) return number + byte * scale
        number += (byte - 128) * scale
      }
    },
  }
  return reader
}
