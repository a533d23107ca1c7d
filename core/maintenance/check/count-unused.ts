import type { BlobIndex } from '../../repository/index.ts'
import type { BlobStates } from './blob-states.ts'
import { createUseOf } from './use-of.ts'

/** What is stored and could go. */
export interface Unused {
  /** Blobs that no snapshot needs. */
  readonly blobs: number
  /** Further copies of blobs that some snapshot needs. */
  readonly copies: number
  /** Sealed bytes of both. */
  readonly bytes: number
}

/** Counts it among the first entries of the index, once all trees are read. */
export function countUnused(index: BlobIndex, count: number, states: BlobStates): Unused {
  const useOf = createUseOf(states)
  const unused = { blobs: 0, copies: 0, bytes: 0 }
  for (let entry = 0; entry < count; entry++) {
    const use = useOf(entry)
    if (use === 'needed') continue
    unused[use === 'copy' ? 'copies' : 'blobs']++
    unused.bytes += index.locate(entry).length
  }
  return unused
}
