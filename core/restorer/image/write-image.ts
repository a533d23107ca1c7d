import type { Abortable } from '../../base/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import { blockLengthInDisk, blocksOf, type DiskLayout, extentCount } from '../../snapshot/index.ts'
import type { Storage } from '../../storage/index.ts'
import { createPackPlan, type PackPlan } from '../set/pack-plan.ts'
import { createPackReads } from '../set/pack-reads.ts'
import type { ImageRestoreCrew } from './image-restore-threads.ts'
import { areaOf, type DamagedArea, type ImageSurvey, ZERO_BLOCK } from './image-survey.ts'

export interface WriteImageParts extends Abortable {
  readonly storage: Storage
  readonly index: BlobIndex
  readonly survey: ImageSurvey
  readonly layout: DiskLayout
  readonly crew: ImageRestoreCrew
  readonly workers: number
  /** Old bytes are where nothing is written. */
  readonly isDevice: boolean
  /** Told before. */
  readonly isKnownLost: (block: number) => boolean
  readonly onBytes: (bytes: number) => void
  /** A block that turns out to be damaged. May throw, which ends the writing. */
  readonly onLost: (area: DamagedArea) => void
}

/** Blocks that are planned at once: some 24 bytes of memory each. A pack that has blocks of several such sets is read for each. */
const MOST_BLOCKS = 2 ** 20

/** Zeros that a device is told of at once. Bytes. */
const ZEROS_AT_ONCE = 256 * 1024 * 1024

/** Writes all of a disk that is not zeros; to a device these too. */
export async function writeImage(parts: WriteImageParts): Promise<void> {
  const { survey, layout, isKnownLost, signal } = parts
  const reads = createPackReads({
    ...parts,
    async write(job) {
      const damaged = await parts.crew.run('pack', job)
      let bytes = 0
      for (const row of job.entries.keys()) bytes += blockLengthInDisk(layout, blockOf(layout, job, row))
      for (const row of damaged) bytes -= blockLengthInDisk(layout, blockOf(layout, job, row))
      parts.onBytes(bytes)
      return damaged
    },
  })
  const zeros = createZeroWriter(parts)
  const blocksAnExtent = layout.extentBytes / layout.blockBytes
  const extentsASet = Math.max(1, Math.floor(MOST_BLOCKS / blocksAnExtent))

  async function writeSet(plan: PackPlan): Promise<void> {
    const lost: DamagedArea[] = []
    await reads.readAll(plan, (read, row, reason) => {
      const area = areaOf(layout, blockOf(layout, read, row), reason)
      parts.onLost(area)
      lost.push(area)
    })
    for (const { offset, length } of lost) await zeros.write(offset, length)
  }

  for (let from = 0; from < extentCount(layout); from += extentsASet) {
    const to = Math.min(from + extentsASet, extentCount(layout))
    const plan = createPackPlan(parts.index, (to - from) * blocksAnExtent)
    for (let extent = from; extent < to; extent++) {
      const { first } = blocksOf(layout, extent)
      const { entries } = await survey.blocksOf(extent, () => undefined, { signal })
      for (const [at, entry] of entries.entries()) {
        const block = first + at
        if (entry >= 0) plan.addBlob(entry, extent, at * layout.blockBytes)
        else if (entry === ZERO_BLOCK || isKnownLost(block))
          await zeros.write(block * layout.blockBytes, blockLengthInDisk(layout, block))
      }
    }
    await writeSet(plan)
  }
  await zeros.flush()
}

function blockOf(
  layout: DiskLayout,
  { files, positions }: { readonly files: Uint32Array; readonly positions: Float64Array },
  row: number,
): number {
  return ((files[row] ?? 0) * layout.extentBytes + (positions[row] ?? 0)) / layout.blockBytes
}

/** Makes runs of zeros on a device. In a new file there are none to be made. */
function createZeroWriter({ crew, isDevice, onBytes, signal }: WriteImageParts): {
  write(offset: number, length: number): Promise<void>
  flush(): Promise<void>
} {
  let run = { offset: 0, length: 0 }
  async function flush(): Promise<void> {
    const { offset, length } = run
    run = { offset: 0, length: 0 }
    if (length === 0) return
    signal?.throwIfAborted()
    await crew.run('zeros', { offset, length })
    onBytes(length)
  }
  return {
    flush,
    async write(offset, length) {
      if (!isDevice) return
      const isNext = run.offset + run.length === offset && run.length + length <= ZEROS_AT_ONCE
      if (!isNext) await flush()
      run = isNext ? { offset: run.offset, length: run.length + length } : { offset, length }
    },
  }
}
