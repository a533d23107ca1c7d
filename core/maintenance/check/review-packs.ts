import { formatCount, formatCounted } from '../../base/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import type { FoundPack } from '../inventory/find-packs.ts'
import { layOut, type PackLayout } from '../inventory/pack-layout.ts'
import type { PackLedger } from '../inventory/pack-ledger.ts'
import type { BlobStates } from './blob-states.ts'
import { type Finding, finding, PACK_IS_LONGER } from './finding.ts'

/** What packs in no index are: left over, unless something is in no index that could be in them. */
export function reviewOrphans(
  orphans: Iterable<FoundPack>,
  isSomethingMissing: boolean,
  report: (finding: Finding) => void,
): void {
  const kind = isSomethingMissing ? 'pack-unlisted' : 'pack-orphan'
  for (const { name, size } of orphans) report(finding(kind, name, `of ${size} bytes is in no index`))
}

/**
 * Compares what the indexes say of packs with one another and with the files that are there, without reading these.
 * Counts the copies of each blob that must be whole, as far as can be told so, those in packs that wait among them.
 */
export function reviewPacks(
  index: BlobIndex,
  ledger: PackLedger,
  waiting: ReadonlySet<number>,
  states: BlobStates,
  report: (finding: Finding) => void,
): void {
  const suspects: number[] = []
  for (let pack = 0; pack < ledger.listed; pack++) {
    const layout = layOut(index, ledger.entriesOf(pack))
    const size = ledger.size(pack)
    for (const entry of layout.entries) if (isWithin(index, entry, size)) states.addCopy(entry)
    // A note need not tell all that is in a pack that waits.
    if (waiting.has(pack)) continue
    if (layout.contradiction !== undefined || size !== layout.fileBytes) suspects.push(pack)
    if (isMixed(index, layout.entries))
      report(finding('pack-mixed', ledger.nameOf(pack), 'holds content of files and folders together'))
  }
  // Only now is it known what is nowhere else.
  for (const pack of suspects) {
    judge(index, ledger, states, pack, layOut(index, ledger.entriesOf(pack)), report)
  }
}

function judge(
  index: BlobIndex,
  ledger: PackLedger,
  states: BlobStates,
  pack: number,
  layout: PackLayout,
  report: (finding: Finding) => void,
): void {
  const { entries, fileBytes, contradiction } = layout
  const name = ledger.nameOf(pack)
  const size = ledger.size(pack)
  const beyond = entries.filter((entry) => !isWithin(index, entry, size))
  const lost = countLost(beyond, states)
  const holding = `${formatCounted(entries.length, 'blob')}; ${lost === 0 ? 'all that was in it is elsewhere too' : `${formatCount(lost)} of them ${lost === 1 ? 'is' : 'are'} nowhere else`}`
  if (contradiction !== undefined) report(finding('index-contradiction', name, `${contradiction}, by its index`))
  if (Number.isNaN(size)) {
    report(finding('pack-missing', name, `is missing. It held ${holding}`, consequence(lost)))
  } else if (contradiction === undefined && size !== fileBytes) {
    const cut = size < fileBytes ? `; ${beyond.length} of its blobs are cut off, ${lost} of them are nowhere else` : ''
    report(
      finding('pack-size', name, `has ${size} bytes and should have ${fileBytes}${cut}`, {
        ...consequence(lost),
        ...(size > fileBytes && PACK_IS_LONGER),
      }),
    )
  }
}

function isMixed(index: BlobIndex, entries: Uint32Array): boolean {
  const [first] = entries
  if (first === undefined) return false
  const { type } = index.locate(first)
  return entries.some((entry) => index.locate(entry).type !== type)
}

function isWithin(index: BlobIndex, entry: number, size: number): boolean {
  const { offset, length } = index.locate(entry)
  return offset + length <= size
}

/** How many of these blobs have no readable copy. */
export function countLost(entries: Iterable<number>, states: BlobStates): number {
  let lost = 0
  for (const entry of entries) if (states.isLost(states.canonical(entry))) lost++
  if (lost > 0) states.noteLoss()
  return lost
}

/** What the loss of so many blobs means for what can be restored. */
export function consequence(lost: number): Partial<Pick<Finding, 'restorable' | 'meaning'>> {
  return lost > 0 ? { restorable: 'rest' } : { restorable: 'all', meaning: 'Nothing is lost.' }
}
