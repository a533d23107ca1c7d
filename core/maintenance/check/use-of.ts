import { type BlobStates, FLAG } from './blob-states.ts'

/** What a listed blob is to the snapshots: a further copy of what some of them needs may go, and what none needs. */
export type Use = 'needed' | 'copy' | 'unused'

/**
 * Tells it of an entry of the index, once all trees are read. Where trees could not be read, what only these need counts as
 * unused.
 */
export function createUseOf(states: BlobStates): (entry: number) => Use {
  const flags = new Uint8Array(states.flags)
  const isNoted = (entry: number): boolean => ((flags[entry] ?? 0) & (FLAG.used | FLAG.visited)) !== 0
  // Most are needed, and that costs no search.
  return (entry) => (isNoted(entry) ? 'needed' : isNoted(states.canonical(entry)) ? 'copy' : 'unused')
}
