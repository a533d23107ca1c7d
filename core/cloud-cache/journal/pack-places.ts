import { type FileState, kindCode, FILE_STATES } from './file-state.ts'
import type { JournalFile } from './journal-file.ts'

/** Where the packs of a journal were at one moment, for many snapshots that are looked at together: nine bytes a pack. */
export interface PackPlaces {
  /** Undefined: there is no such pack any more. */
  stateOf(pack: number): FileState | undefined
  /** Bytes. */
  sizeOf(pack: number): number
}

const PACK = kindCode('pack')

export function readPackPlaces(file: JournalFile): PackPlaces {
  const [span] = file.rows('SELECT min(id) AS first, max(id) AS last FROM file WHERE kind = ?', PACK)
  const first = Number(span?.['first'] ?? 0)
  const count = Number(span?.['last'] ?? -1) - first + 1
  /** One more than the state: nothing is there where nobody says so. */
  const states = new Uint8Array(count)
  const sizes = new Float64Array(count)
  for (const { id, size, state } of file.each('SELECT id, size, state FROM file WHERE kind = ?', PACK)) {
    states[Number(id) - first] = Number(state) + 1
    sizes[Number(id) - first] = Number(size)
  }
  return {
    stateOf: (pack) => FILE_STATES[(states[pack - first] ?? 0) - 1],
    sizeOf: (pack) => sizes[pack - first] ?? 0,
  }
}
