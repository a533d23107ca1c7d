import { createPackTable, laterNote, type WaitingPacks, type WaitNote } from '../../repository/index.ts'
import { createNoteColumn } from './note-column.ts'
import { createPackNumbers } from './pack-numbers.ts'

/** What is noted of packs that wait to be removed, by their names. */
export interface WaitingNotes extends Iterable<[string, WaitNote]> {
  readonly size: number
  has(name: string): boolean
  get(name: string): WaitNote | undefined
  keys(): Iterable<string>
}

/** Gathers what index files note. */
export interface WaitingNotesReader {
  /** Of two notes of a pack the later one counts. */
  add(packs: WaitingPacks): void
  /** Once all are read. Whoever has listed a pack again wants to keep it: such notes are left out. */
  finish(isListed: (id: Buffer) => boolean): WaitingNotes
}

/** A prune may let all packs of a repository wait: one takes 32 bytes and some ten more, whatever the notes say. */
export function readWaitingNotes(): WaitingNotesReader {
  const packs = createPackTable()
  const numbers = createPackNumbers(packs)
  const noted = createNoteColumn()

  return {
    add({ content, notes }) {
      for (const [at, note] of notes.entries()) {
        const { pack } = numbers.take(content.packId(at))
        const other = noted.at(pack)
        noted.set(pack, other ? laterNote(note, other) : note)
      }
    },
    finish(isListed) {
      const isLeftOut = new Uint8Array(packs.count)
      let size = 0
      for (let pack = 0; pack < packs.count; pack++) {
        if (isListed(packs.idOf(pack))) isLeftOut[pack] = 1
        else size++
      }

      function get(name: string): WaitNote | undefined {
        const pack = numbers.find(Buffer.from(name, 'hex'))
        return pack >= 0 && isLeftOut[pack] === 0 ? noted.at(pack) : undefined
      }

      function* keys(): Generator<string> {
        for (let pack = 0; pack < packs.count; pack++) if (isLeftOut[pack] === 0) yield packs.idOf(pack).toString('hex')
      }

      return {
        size,
        has: (name) => get(name) !== undefined,
        get,
        keys,
        *[Symbol.iterator]() {
          for (const name of keys()) {
            const note = get(name)
            if (note) yield [name, note]
          }
        },
      }
    },
  }
}
