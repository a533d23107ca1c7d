import { type Abortable, CoreError, inParallel } from '../../base/index.ts'
import { ID_BYTES } from '../../repository/index.ts'
import { blockLengthInDisk, blocksOf, type DiskLayout, extentCount } from '../../snapshot/index.ts'
import type { ImageRestoreCrew } from './image-restore-threads.ts'
import type { ImageSurvey } from './image-survey.ts'

export interface VerifyImageParts extends Abortable {
  readonly survey: ImageSurvey
  readonly layout: DiskLayout
  readonly crew: ImageRestoreCrew
  readonly workers: number
  readonly isLost: (block: number) => boolean
  readonly onBytes: (bytes: number) => void
}

/** What a thread reads again at once. Bytes. */
const JOB_BYTES = 32 * 1024 * 1024

/** Reads a restored disk again. Resolves to whether all was read past the page cache. Throws `target/mismatch` for the first block that is not what was stored. */
export async function verifyImage({
  survey,
  layout,
  crew,
  workers,
  isLost,
  onBytes,
  signal,
}: VerifyImageParts): Promise<boolean> {
  let isPastCache = true
  const blocksAJob = Math.max(1, JOB_BYTES / layout.blockBytes)
  for (let extent = 0; extent < extentCount(layout); extent++) {
    const { first, end } = blocksOf(layout, extent)
    const { ids } = await survey.blocksOf(extent, () => undefined, { signal })
    const starts = Array.from({ length: Math.ceil((end - first) / blocksAJob) }, (_, job) => first + job * blocksAJob)
    await inParallel(starts, workers * 2, async (start) => {
      signal?.throwIfAborted()
      const blocks = Uint32Array.from({ length: Math.min(blocksAJob, end - start) }, (_, at) => start + at)
      const wanted = ids.subarray((start - first) * ID_BYTES, (start - first + blocks.length) * ID_BYTES)
      const read = await crew.run('verify', { blocks, ids: wanted })
      isPastCache &&= read.isPastCache
      const other = read.others.find((block) => !isLost(block))
      if (other !== undefined) throw mismatch(other * layout.blockBytes)
      for (const block of blocks) onBytes(blockLengthInDisk(layout, block))
    })
  }
  return isPastCache
}

function mismatch(offset: number): CoreError {
  return new CoreError('target/mismatch', `What was written at byte ${offset} is not what is read there.`, {
    safety: 'The recovery point is untouched. The disk was not restored.',
    remedy: 'Check the disk that is restored to, and its cable and memory; then restore again, or elsewhere.',
    context: { offset },
  })
}
