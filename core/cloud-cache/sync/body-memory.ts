/** New memory is as long as whole steps of this, so that most packs find some that is long enough. */
const STEP = 4 * 1024 * 1024

/** Memory for files that are being sent, used again for the next ones: what is made anew stays until it is collected. */
export class BodyMemory {
  readonly #free: Uint8Array[] = []

  /** At least so many bytes, that hold anything. */
  take(bytes: number): Uint8Array {
    const found = this.#free.pop()
    return found !== undefined && found.byteLength >= bytes ? found : new Uint8Array(Math.ceil(bytes / STEP) * STEP)
  }

  giveBack(memory: Uint8Array): void {
    this.#free.push(memory)
  }
}
