import { isSameNote, type WaitNote } from '../../repository/index.ts'
import { createNumberColumn } from './number-column.ts'

/**
 * What is noted of packs that wait, by their numbers. A prune notes the same of all that it takes out of the index: each note
 * is held once, and of a pack four bytes.
 */
export interface NoteColumn {
  at(pack: number): WaitNote | undefined
  set(pack: number, note: WaitNote): void
}

const NONE = -1

export function createNoteColumn(): NoteColumn {
  const notes: WaitNote[] = []
  const places = new Map<string, number>()
  const placeOfPack = createNumberColumn(Int32Array, NONE)
  let last = NONE

  function placeOf(note: WaitNote): number {
    const previous = notes[last]
    if (previous && isSameNote(previous, note)) return last
    const key = `${note.since} ${note.grace} ${note.countedFrom}`
    const place = places.get(key) ?? notes.push(note) - 1
    places.set(key, place)
    return place
  }

  return {
    at: (pack) => notes[placeOfPack.at(pack)],
    set(pack, note) {
      last = placeOf(note)
      placeOfPack.set(pack, last)
    },
  }
}
