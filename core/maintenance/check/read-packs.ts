import type { Abortable } from '../../base/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import type { BlobStates } from './blob-states.ts'
import type { CheckCrew } from './check-crew.ts'
import { type Finding, finding } from './finding.ts'
import type { PackDone } from './messages.ts'
import { layOut } from './pack-layout.ts'
import type { PackLedger } from './pack-ledger.ts'
import type { PackLoader } from './pack-loader.ts'
import type { ProgressMeter } from './progress.ts'
import { consequence, countLost } from './review-packs.ts'
import { createRunner } from './runner.ts'

export interface PacksParts {
  readonly index: BlobIndex
  readonly ledger: PackLedger
  readonly states: BlobStates
  readonly crew: CheckCrew
  readonly loader: PackLoader
  readonly workers: number
  readonly meter: ProgressMeter
  readonly report: (finding: Finding) => void
}

/** What was read and proved. */
export interface PacksRead {
  readonly packs: number
  readonly blobs: number
  readonly bytes: number
}

const READS_AHEAD = 2

/** Reads these packs whole and proves all that is in them. */
export async function readPacks(packs: Uint32Array, parts: PacksParts, options: Abortable): Promise<PacksRead> {
  const { index, ledger, states, crew, loader, workers, meter, report } = parts
  const read = { packs: 0, blobs: 0, bytes: 0 }
  let bytesTotal = 0
  for (const pack of packs) bytesTotal += ledger.size(pack)
  if (packs.length > 0) meter.begin('packs', packs.length, bytesTotal)

  async function readPack(pack: number): Promise<void> {
    const name = ledger.nameOf(pack)
    const size = ledger.size(pack)
    const isListed = pack < ledger.listed
    const { entries, fileBytes } = layOut(index, ledger.entriesOf(pack))
    // Of a file that grew, what is behind its end was found already and may be of any length.
    const length = isListed ? Math.min(size, fileBytes) : size
    const failure = await loader.load(name, 0, length, async (bytes) => {
      const done = await crew.run('pack', { ...bytes, id: ledger.idOf(pack), entries, isListed })
      judge(pack, name, done)
      read.blobs += done.blobs
    })
    if (failure !== undefined) {
      for (const entry of entries) states.dropCopy(entry)
      report(finding('pack-unreadable', name, `could not be read: ${failure}`, consequence(countLost(entries, states))))
    }
    read.packs++
    read.bytes += length
    meter.add(1, size)
  }

  function judge(pack: number, name: string, { problems, damaged, damagedCount, firstReason, blobs }: PackDone): void {
    for (const entry of damaged) states.dropCopy(entry)
    if (problems.length === 0 && damagedCount === 0) return
    const lost = countLost(damaged, states)
    const elsewhere = lost === damaged.length ? '' : `, ${damaged.length - lost} of which are elsewhere too`
    const blobWords =
      damagedCount > 0 ? [`${damagedCount} of its ${blobs} blobs cannot be read${elsewhere} (${firstReason})`] : []
    const what = `is damaged: ${[...blobWords, ...problems].join('; ')}`
    if (pack >= ledger.listed) report(finding('orphan-damaged', name, what))
    else if (damagedCount > 0) report(finding('pack-damaged', name, what, consequence(lost)))
    else report(finding('pack-header', name, what))
  }

  const left = packs.values()
  await createRunner(workers + READS_AHEAD).run(() => {
    options.signal?.throwIfAborted()
    const { value: pack } = left.next()
    return pack === undefined ? undefined : () => readPack(pack)
  })
  return read
}
