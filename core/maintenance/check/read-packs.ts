import { type Abortable, runAtOnce } from '../../base/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import { layOut } from '../inventory/pack-layout.ts'
import type { PackLedger } from '../inventory/pack-ledger.ts'
import type { PackLoader } from '../reading/pack-loader.ts'
import type { ProgressMeter } from '../reading/progress.ts'
import type { BlobStates } from './blob-states.ts'
import type { CheckCrew } from './check-crew.ts'
import type { CheckPhase } from './check-phase.ts'
import { type Finding, finding, PACK_IS_LONGER } from './finding.ts'
import type { PackDone } from './messages.ts'
import { consequence, countLost } from './review-packs.ts'

export interface PacksParts {
  readonly index: BlobIndex
  readonly ledger: PackLedger
  readonly states: BlobStates
  /** Whether the index must be true of a pack, by its number: of all that are listed, and that wait and are needed. */
  readonly isListed: (pack: number) => boolean
  readonly crew: CheckCrew
  readonly loader: PackLoader
  readonly workers: number
  readonly meter: ProgressMeter<CheckPhase>
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
  const { index, ledger, states, isListed: isListedPack, crew, loader, workers, meter, report } = parts
  const read = { packs: 0, blobs: 0, bytes: 0 }
  let bytesTotal = 0
  for (const pack of packs) bytesTotal += ledger.size(pack)
  if (packs.length > 0) meter.begin('packs', packs.length, bytesTotal)

  async function readPack(pack: number): Promise<void> {
    const name = ledger.nameOf(pack)
    const size = ledger.size(pack)
    const isListed = isListedPack(pack)
    const { entries, fileBytes } = layOut(index, isListed ? ledger.entriesOf(pack) : [])
    // Of a file that grew, what is behind its end was found already and may be of any length.
    const length = isListed ? Math.min(size, fileBytes) : size
    const id = ledger.idOf(pack)
    const prove = async (): Promise<PackDone | string> => {
      let done: PackDone | undefined
      const failure = await loader.load(name, 0, length, async (bytes) => {
        done = await crew.run('pack', { ...bytes, id, entries, isListed })
      })
      return done ?? failure ?? ''
    }
    let proved = await prove()
    if (typeof proved !== 'string' && !isWhole(proved)) {
      // What changes on the way here is not what is stored.
      const again = await prove()
      if (typeof again !== 'string' && isWhole(again))
        report(
          finding(
            'pack-unsteady',
            name,
            `was damaged (${wordsOf(proved)}) when it was read, and whole when it was read again`,
          ),
        )
      proved = again
    }
    if (typeof proved === 'string') {
      for (const entry of entries) states.dropCopy(entry)
      report(finding('pack-unreadable', name, `could not be read: ${proved}`, consequence(countLost(entries, states))))
    } else {
      judge(pack, name, proved, length < size)
      read.blobs += proved.blobs
    }
    read.packs++
    read.bytes += length
    meter.add(1, size)
  }

  function judge(pack: number, name: string, proved: PackDone, isLonger: boolean): void {
    if (isWhole(proved)) return
    const { damaged } = proved
    for (const entry of damaged) states.dropCopy(entry)
    const lost = countLost(damaged, states)
    const elsewhere = lost === damaged.length ? '' : `, ${damaged.length - lost} of which are elsewhere too`
    const what = `is damaged: ${wordsOf(proved, elsewhere)}`
    if (!isListedPack(pack)) report(finding('orphan-damaged', name, what))
    else if (proved.damagedCount > 0) report(finding('pack-damaged', name, what, consequence(lost)))
    else report(finding('pack-header', name, what, isLonger ? PACK_IS_LONGER : {}))
  }

  const left = packs.values()
  await runAtOnce(workers + READS_AHEAD, () => {
    options.signal?.throwIfAborted()
    const { value: pack } = left.next()
    return pack === undefined ? undefined : () => readPack(pack)
  })
  return read
}

function isWhole({ problems, damagedCount }: PackDone): boolean {
  return problems.length === 0 && damagedCount === 0
}

function wordsOf({ problems, damagedCount, blobs, firstReason }: PackDone, elsewhere = ''): string {
  const blobWords =
    damagedCount > 0 ? [`${damagedCount} of its ${blobs} blobs cannot be read${elsewhere} (${firstReason})`] : []
  return [...blobWords, ...problems].join('; ')
}
