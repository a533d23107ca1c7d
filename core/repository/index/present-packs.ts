import type { Abortable } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import { ID_BYTES } from '../blob.ts'
import { createIdHash, drawIdSecret } from './id-hash.ts'

/** Which packs a storage holds, and how long they are: some 60 to 110 bytes a pack. */
export interface PresentPacks {
  readonly count: number
  /** The pack's length in bytes; -1 where there is no such pack. */
  sizeOf(id: Uint8Array): number
}

const ID_WORDS = ID_BYTES / 4
const FEWEST_SLOTS = 1024

/**
 * Lists the packs of a storage. It takes no key, so it may run while a password is being stretched. A pack that is
 * stored meanwhile may be missing.
 */
export async function listPresentPacks(storage: Storage, options: Abortable = {}): Promise<PresentPacks> {
  const table = new PackSet()
  for await (const { name, size } of storage.list('pack', options)) table.add(name, size)
  return table
}

/** Open addressing with linear probing, at most half full; a size of -1 marks a free slot. */
class PackSet implements PresentPacks {
  count = 0
  readonly #hash = createIdHash(drawIdSecret())
  #ids = new Uint32Array(FEWEST_SLOTS * ID_WORDS)
  #sizes = new Float64Array(FEWEST_SLOTS).fill(-1)
  readonly #wanted = new Uint32Array(ID_WORDS)
  readonly #wantedBytes = Buffer.from(this.#wanted.buffer)

  add(name: string, size: number): void {
    if (this.count * 2 >= this.#sizes.length) this.#double()
    this.#wantedBytes.write(name, 'hex')
    const slot = this.#slotOf()
    if (this.#sizes[slot] === -1) this.count++
    this.#ids.set(this.#wanted, slot * ID_WORDS)
    this.#sizes[slot] = size
  }

  sizeOf(id: Uint8Array): number {
    this.#wantedBytes.set(id)
    return this.#sizes[this.#slotOf()] ?? -1
  }

  /** The slot of the wanted id, or the free one where it belongs. */
  #slotOf(): number {
    const mask = this.#sizes.length - 1
    let slot = this.#hash(this.#wanted, 0) & mask
    while (this.#sizes[slot] !== -1 && !this.#holdsWanted(slot)) slot = (slot + 1) & mask
    return slot
  }

  #holdsWanted(slot: number): boolean {
    const at = slot * ID_WORDS
    for (let word = 0; word < ID_WORDS; word++) if (this.#ids[at + word] !== this.#wanted[word]) return false
    return true
  }

  #double(): void {
    const ids = this.#ids
    const sizes = this.#sizes
    this.#ids = new Uint32Array(ids.length * 2)
    this.#sizes = new Float64Array(sizes.length * 2).fill(-1)
    for (const [slot, size] of sizes.entries()) {
      if (size === -1) continue
      const at = slot * ID_WORDS
      this.#wanted.set(ids.subarray(at, at + ID_WORDS))
      const to = this.#slotOf()
      this.#ids.set(this.#wanted, to * ID_WORDS)
      this.#sizes[to] = size
    }
  }
}
