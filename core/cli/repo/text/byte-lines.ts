import { printable } from '../../../file-system/index.ts'

const ROOM = 128 * 1024
const FULL = 64 * 1024

/** Gathers lines as bytes until there are enough to be written. */
export class ByteLines {
  #buffer = Buffer.allocUnsafeSlow(ROOM)
  #length = 0

  /** Whether it is time to `take`. */
  get isFull(): boolean {
    return this.#length >= FULL
  }

  /** Adds ASCII. */
  ascii(text: string): void {
    this.#reserve(text.length)
    this.#length += this.#buffer.latin1Write(text, this.#length, text.length)
  }

  text(text: string): void {
    this.#reserve(text.length * 3)
    this.#length += this.#buffer.write(text, this.#length)
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Adds a name as a person is shown it. */
  name(name: Uint8Array): void {
    const { length } = name
    this.#reserve(length)
    const buffer = this.#buffer
    const start = this.#length
    for (let i = 0; i < length; i++) {
      const byte = name[i] ?? 0
      if (byte < 0x20 || byte > 0x7e) {
        this.text(printable(name))
        return
      }
      buffer[start + i] = byte
    }
    this.#length = start + length
  }

  /** What was gathered; true until the next line is added. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length)
    this.#length = 0
    return taken
  }

  #reserve(room: number): void {
    const needed = this.#length + room
    if (needed <= this.#buffer.length) return
    const larger = Buffer.allocUnsafeSlow(needed * 2)
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
