const BYTES = 32

// What the empty name of `config` leaves; no SHA-256 has ever been this.
const NO_NAME = '00'.repeat(BYTES)

/** The names of many files, 32 bytes each and off the heap, for the rare case that they are wanted again. */
export class NameLog {
  #bytes = Buffer.alloc(0)
  #length = 0

  /** Takes a name of 64 hexadecimal digits, or the empty one. */
  add(name: string): void {
    if (this.#length === this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(64 * BYTES, this.#bytes.length * 2))
      this.#bytes.copy(larger)
      this.#bytes = larger
    }
    this.#bytes.write(name, this.#length, BYTES, 'hex')
    this.#length += BYTES
  }

  names(): Set<string> {
    const names = new Set<string>()
    for (let at = 0; at < this.#length; at += BYTES) {
      const name = this.#bytes.toString('hex', at, at + BYTES)
      names.add(name === NO_NAME ? '' : name)
    }
    return names
  }
}
