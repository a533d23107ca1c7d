import type { BlobType } from '../../repository/index.ts'
import type { Inventory } from '../inventory/read-inventory.ts'
import type { BlobStates } from './blob-states.ts'
import { createUseOf } from './use-of.ts'

/** A blob that is listed, and that no snapshot needs. */
export interface UnusedBlob {
  readonly type: BlobType
  /** Full ids, of the blob and of the pack that it is in. One that lies in several packs is told for each of them. */
  readonly id: string
  readonly pack: string
}

/**
 * Tells of each, once all trees are read, as it is asked for: there may be millions. What is in packs that wait to be
 * removed is not among them.
 */
export function* unusedBlobs({ index, ledger, listedBlobs }: Inventory, states: BlobStates): Generator<UnusedBlob> {
  const useOf = createUseOf(states)
  for (let entry = 0; entry < listedBlobs; entry++) {
    if (useOf(entry) !== 'unused') continue
    const { type, pack } = index.locate(entry)
    yield { type, id: index.idOf(entry).toString('hex'), pack: ledger.nameOf(pack) }
  }
}
