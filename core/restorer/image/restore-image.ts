import { type Abortable, type Chance, systemChance, systemCode } from '../../base/index.ts'
import { type BlobIndex, createTreeLoader, type Repository, type TreeLoader } from '../../repository/index.ts'
import { blockLengthInDisk, blocksOf, type DiskLayout, extentCount, readImage } from '../../snapshot/index.ts'
import { type LikenessLoss, openImageTarget, targetError } from '../../target/index.ts'
import { createDamagedBlocks } from './damaged-blocks.ts'
import { damagedDisk, missingDisk, partlyWritten } from './image-errors.ts'
import { type ImageRestoreThreads, startImageRestoreCrew } from './image-restore-threads.ts'
import { createImageSurvey, type DamagedArea, type ImageSurvey, LOST_BLOCK, ZERO_BLOCK } from './image-survey.ts'
import { verifyImage } from './verify-image.ts'
import { writeImage } from './write-image.ts'

export interface ImageRestoreOptions extends Abortable {
  /** The tree that the disk's folder lies in. */
  readonly tree: Buffer
  readonly name: string
  /** Absolute path of a file or of a block device. */
  readonly target: Buffer
  /** A file that is there is replaced, a device written over. */
  readonly overwrite: boolean
  /** Reads everything again. */
  readonly verify: boolean
  /** Leaves zeros where blocks are damaged, and tells of each. Otherwise the first fails the restore. */
  readonly skipDamaged: boolean
  readonly workers: number
  readonly threads: ImageRestoreThreads
  readonly chance?: Chance | undefined
  readonly onDamaged: (area: DamagedArea) => void
  /** Called for what a file has not of the one that it replaces. */
  readonly onLoss: LikenessLoss
  readonly onBegin?: ((layout: DiskLayout) => void) | undefined
  /** Called some times a second. */
  readonly onProgress?: ((progress: ImageRestoreProgress) => void) | undefined
}

/** Bytes of the disk. */
export interface ImageRestoreProgress {
  readonly bytesTotal: number
  readonly bytesWritten: number
  readonly bytesVerified: number
}

export interface ImageRestored {
  readonly layout: DiskLayout
  /** Bytes that are not in blocks of zeros. */
  readonly bytesWritten: number
  readonly bytesDamaged: number
  readonly isDevice: boolean
  /** All was read again, and none of it from the page cache. */
  readonly isVerified: boolean
}

const PROGRESS_EVERY = 200

/**
 * Brings a disk back. What is not whole has not the file's name; of a device that is not whole the error says so. Throws
 * `repository/not-in-repository`, `repository/damaged`, `target/refused`, `target/full` and `target/mismatch`.
 */
export async function restoreImage(
  repository: Repository,
  index: BlobIndex,
  options: ImageRestoreOptions,
): Promise<ImageRestored> {
  const { tree, name, target: path, overwrite, verify, skipDamaged, workers, threads, signal } = options
  const trees: TreeLoader = createTreeLoader(repository, index)
  const image = await readImage({ repository, index, trees }, tree, name, { signal })
  if (!image) throw missingDisk(name)
  const { layout } = image
  options.onBegin?.(layout)
  const survey = createImageSurvey(index, trees, image)
  const damaged = createDamageList(skipDamaged, options.onDamaged)
  const needed = await countBytes(survey, layout, damaged.add, { signal })
  damaged.throwIfAny()
  const { chance = systemChance, onLoss } = options
  const target = openImageTarget(path, { bytes: layout.bytes, needed, overwrite, chance, onLoss })
  const progress = { bytesTotal: target.isDevice ? layout.bytes : needed, bytesWritten: 0, bytesVerified: 0 }
  const timer = setInterval(() => options.onProgress?.(progress), PROGRESS_EVERY)
  const crew = startImageRestoreCrew(threads, {
    masterKey: repository.masterKey,
    index: index.shared,
    layout,
    descriptor: target.descriptor,
    isDevice: target.isDevice,
  })
  try {
    const parts = { storage: repository.storage, index, survey, layout, crew, workers, signal }
    const onBytes = (bytes: number): void => void (progress.bytesWritten += bytes)
    const onLost = (area: DamagedArea): void => {
      damaged.add(area)
      damaged.throwIfAny()
    }
    await writeImage({ ...parts, isDevice: target.isDevice, isKnownLost: damaged.has, onBytes, onLost })
    if (verify) target.flush()
    const isVerified =
      verify &&
      (await verifyImage({ ...parts, isLost: damaged.has, onBytes: (bytes) => (progress.bytesVerified += bytes) }))
    await crew.finish()
    signal?.throwIfAborted()
    target.publish()
    options.onProgress?.(progress)
    const { isDevice } = target
    return { layout, bytesWritten: progress.bytesWritten, bytesDamaged: damaged.bytes, isDevice, isVerified }
  } catch (error) {
    const told = systemCode(error) === undefined ? error : targetError(path, 'cannot be written', error)
    throw target.isDevice ? partlyWritten(path, told) : told
  } finally {
    clearInterval(timer)
    await crew.end()
    target.close()
  }

  function createDamageList(isAllowed: boolean, tell: (area: DamagedArea) => void): DamageList {
    const blocks = createDamagedBlocks()
    let first: DamagedArea | undefined
    let bytes = 0
    return {
      add(area) {
        first ??= area
        const from = Math.floor(area.offset / layout.blockBytes)
        blocks.add(from, Math.ceil((area.offset + area.length) / layout.blockBytes))
        bytes += area.length
        if (isAllowed) tell(area)
      },
      has: (block) => blocks.has(block),
      throwIfAny() {
        if (first && !isAllowed) throw damagedDisk(name, first, blocks.count)
      },
      get bytes() {
        return bytes
      },
    }
  }
}

/** What of a disk cannot be restored. */
interface DamageList {
  readonly add: (area: DamagedArea) => void
  readonly has: (block: number) => boolean
  readonly bytes: number
  throwIfAny(): void
}

/** Bytes that have to be written: all but blocks of zeros, and what is lost. */
async function countBytes(
  survey: ImageSurvey,
  layout: DiskLayout,
  onLost: (area: DamagedArea) => void,
  options: Abortable,
): Promise<number> {
  let bytes = 0
  for (let extent = 0; extent < extentCount(layout); extent++) {
    const { entries } = await survey.blocksOf(extent, onLost, options)
    const { first } = blocksOf(layout, extent)
    for (const [at, entry] of entries.entries())
      if (entry !== ZERO_BLOCK && entry !== LOST_BLOCK) bytes += blockLengthInDisk(layout, first + at)
  }
  return bytes
}
