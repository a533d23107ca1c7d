import { createNumberColumn } from './number-column.ts'

/** Some of the packs of a ledger, by their numbers. It may be all of them: each takes a byte. */
export interface PackSet {
  readonly size: number
  has(pack: number): boolean
  add(pack: number): void
  delete(pack: number): void
}

export function createPackSet(): PackSet {
  const isIn = createNumberColumn(Uint8Array, 0)
  let size = 0

  function set(pack: number, value: 0 | 1): void {
    if (isIn.at(pack) === value) return
    isIn.set(pack, value)
    size += value === 1 ? 1 : -1
  }

  return {
    get size() {
      return size
    },
    has: (pack) => isIn.at(pack) === 1,
    add: (pack) => set(pack, 1),
    delete: (pack) => set(pack, 0),
  }
}
