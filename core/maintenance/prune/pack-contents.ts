import { type BlobIndex, SEAL_OVERHEAD } from '../../repository/index.ts'
import { layOut } from '../inventory/pack-layout.ts'
import type { Inventory } from '../inventory/read-inventory.ts'
import type { PackContent } from './pack-uses.ts'

/** What is in the packs that an index lists or a note names, by their numbers. */
export function* packContents({ index, ledger, waiting: notes }: Inventory): Generator<PackContent> {
  for (let pack = 0; pack < ledger.listed; pack++) {
    const entries = ledger.entriesOf(pack)
    const { fileBytes, contradiction } = layOut(index, entries)
    const bytes = ledger.size(pack)
    const waiting = notes.size > 0 ? notes.get(ledger.nameOf(pack)) : undefined
    // A note that a pack waits need not tell what is in it.
    const isWhole = contradiction === undefined && (bytes === fileBytes || (waiting !== undefined && bytes > 0))
    yield { bytes, isWhole, waiting, ...kindsOf(index, entries) }
  }
}

function kindsOf(
  index: BlobIndex,
  entries: readonly number[],
): Pick<PackContent, 'blobs' | 'hasTrees' | 'hasData' | 'hasUncompressed'> {
  let trees = 0
  let hasUncompressed = false
  for (const entry of entries) {
    const { type, length, uncompressedLength } = index.locate(entry)
    if (type === 'tree') trees++
    if (uncompressedLength === 0 && length > SEAL_OVERHEAD) hasUncompressed = true
  }
  return { blobs: entries.length, hasTrees: trees > 0, hasData: trees < entries.length, hasUncompressed }
}
