import type { WaitNote } from '../../repository/index.ts'
import { createNoteColumn } from '../inventory/note-column.ts'
import { createNumberColumn } from '../inventory/number-column.ts'

/** What new index files note of a pack that waits. */
export interface WrittenNote {
  readonly note: WaitNote
  /** How many blobs they list of it. */
  readonly blobs: number
}

/** Notes of packs that new index files have so far. */
export interface WrittenNotes {
  of(id: Uint8Array): WrittenNote | undefined
  set(id: Uint8Array, written: WrittenNote): void
}

/** `numberOf`: a number of a pack, or -1: of such a one nothing is remembered. Without it packs are told apart by name. */
export function createWrittenNotes(numberOf: (id: Buffer) => number = createNameNumbers()): WrittenNotes {
  const notes = createNoteColumn()
  const blobCounts = createNumberColumn(Int32Array, 0)
  const packOf = (id: Uint8Array): number => numberOf(Buffer.from(id.buffer, id.byteOffset, id.byteLength))

  return {
    of(id) {
      const pack = packOf(id)
      const note = notes.at(pack)
      return note && { note, blobs: blobCounts.at(pack) }
    },
    set(id, { note, blobs }) {
      const pack = packOf(id)
      if (pack < 0) return
      notes.set(pack, note)
      blobCounts.set(pack, blobs)
    },
  }
}

function createNameNumbers(): (id: Buffer) => number {
  const numbers = new Map<string, number>()
  return (id) => {
    const name = id.toString('hex')
    const number = numbers.get(name) ?? numbers.size
    numbers.set(name, number)
    return number
  }
}
