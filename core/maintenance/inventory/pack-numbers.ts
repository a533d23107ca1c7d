import { createIdHash, drawIdSecret, ID_BYTES, type PackTable } from '../../repository/index.ts'

/** Finds the packs of a table by their ids. */
export interface PackNumbers {
  /** The number of a pack, or -1. */
  find(id: Uint8Array): number
  /** The number of a pack; one that the table does not have is added to it. */
  take(id: Uint8Array): { readonly pack: number; readonly isNew: boolean }
}

const FEWEST_SLOTS = 2 ** 10

/** For a table to which nobody else adds. Slots of 4 bytes (open addressing, linear probing), three quarters full at most. */
export function createPackNumbers(packs: PackTable): PackNumbers {
  // Names of files are whatever somebody gave them.
  const hash = createIdHash(drawIdSecret())
  const wanted = new Uint32Array(ID_BYTES / 4)
  const wantedBytes = Buffer.from(wanted.buffer)
  let slots = new Uint32Array(FEWEST_SLOTS)

  /** Where the wanted id is, or would be. Slots hold numbers + 1. */
  function slotOf(id: Uint8Array): number {
    wantedBytes.set(id)
    const mask = slots.length - 1
    let slot = hash(wanted, 0) & mask
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      if (packs.idOf((slots[slot] ?? 0) - 1).equals(wantedBytes)) break
    }
    return slot
  }

  function grow(): void {
    slots = new Uint32Array(slots.length * 2)
    for (let pack = 0; pack < packs.count; pack++) slots[slotOf(packs.idOf(pack))] = pack + 1
  }

  return {
    find: (id) => (slots[slotOf(id)] ?? 0) - 1,
    take(id) {
      if ((packs.count + 1) * 4 > slots.length * 3) grow()
      const slot = slotOf(id)
      const held = slots[slot] ?? 0
      if (held !== 0) return { pack: held - 1, isNew: false }
      const pack = packs.add(id)
      slots[slot] = pack + 1
      return { pack, isNew: true }
    },
  }
}
