import { CoreError, systemClock } from '../../base/index.ts'
import {
  type BlobIndex,
  createTreeLoader,
  type PipelineOptions,
  type Repository,
  type WriteCounts,
} from '../../repository/index.ts'
import {
  chooseLayout,
  type DiskLayout,
  encodeSnapshot,
  formatTime,
  keepLayout,
  LARGEST_DISK,
  type Snapshot,
  type StoredSnapshot,
} from '../../snapshot/index.ts'
import { type DiskArea, openImageSource } from '../../source/index.ts'
import { discardWrites } from '../discard-writes.ts'
import { type BlockSet, createBlockSet } from './block-set.ts'
import type { ImageFigures } from './extent-archiver.ts'
import { type DiskSnapshots, findImageParent, type FoundParent, loadDiskSnapshots, parentOf } from './image-parent.ts'
import { type ImageStored, storeImage } from './image-run.ts'
import { snapshotOfImage } from './image-snapshot.ts'
import { withImageStore } from './image-store.ts'
import type { ImageThreads } from './image-threads.ts'
import type { LastMade } from './last-made.ts'

/** Tells each area of a disk of so many bytes that may have changed. Throws for areas that lie outside of it. */
export type ChangedAreas = (diskBytes: number, onArea: (area: DiskArea) => void) => void

export interface ImageBackupOptions extends PipelineOptions {
  /** A raw file or a block device. */
  readonly path: Buffer
  /** What the disk is called: the name of its folder. */
  readonly name: string
  readonly identity: Pick<Snapshot, 'hostname' | 'username' | 'uid' | 'gid' | 'tags' | 'programVersion'>
  /** What was written since the parent. Undefined: everything is read. */
  readonly changed?: ChangedAreas | undefined
  /** `newest`: the last snapshot of the same host and name. `gone`: one that is not there any more; all is read. */
  readonly parent: StoredSnapshot | 'newest' | 'gone'
  /** Of this disk, on this computer. */
  readonly lastMade: LastMade
  readonly dryRun: boolean
  /** Milliseconds since the epoch; default: now. */
  readonly time?: number | undefined
  readonly threads: ImageThreads
  readonly onBegin?: ((begin: ImageBegin) => void) | undefined
  readonly onUnreadableSnapshot?: ((id: string) => void) | undefined
  readonly onProgress?: ((progress: ImageProgress) => void) | undefined
}

/** What a backup of a disk begins with. */
export interface ImageBegin {
  readonly layout: DiskLayout
  readonly parent: StoredSnapshot | undefined
  /** Why everything is read although areas were given. A sentence without its end. */
  readonly whyAll: string | undefined
}

export interface ImageProgress {
  /** To be read, holes included. */
  readonly bytesTotal: number
  readonly figures: ImageFigures
  readonly bytesStored: number
}

export interface ImageResult extends ImageStored, WriteCounts {
  readonly layout: DiskLayout
  /** Undefined after a dry run. */
  readonly snapshot: string | undefined
  /** This computer will know it for the last one. */
  readonly isRemembered: boolean
  readonly parent: string | undefined
  /** Somebody wrote to the file while it was read. */
  readonly wasWritten: boolean
  /** Milliseconds. */
  readonly duration: number
}

const PROGRESS_EVERY = 200

/** Backs up a disk into a new snapshot. `loadIndex` may already be under way. */
export async function backUpImage(
  repository: Repository,
  loadIndex: Promise<BlobIndex>,
  options: ImageBackupOptions,
): Promise<ImageResult> {
  const { clock = systemClock, name, identity, signal, dryRun } = options
  const begin = clock.now()
  const since = clock.monotonic()
  loadIndex.catch(() => undefined)
  const source = openImageSource(options.path)
  try {
    if (source.bytes > LARGEST_DISK) throw tooLarge(source.bytes)
    const index = await loadIndex
    const trees = createTreeLoader(repository, index)
    const found = await findParent({ repository, index, trees }, begin, options)
    const plan = planOf(source.bytes, found, options)
    options.onBegin?.({ layout: plan.layout, parent: found.parent?.snapshot, whyAll: plan.whyAll })
    const into = dryRun ? repository.over(discardWrites(repository.storage)) : repository
    const time = options.time ?? begin
    const toRead = plan.changed?.countBytes() ?? source.bytes
    const stored = await withImageStore(into, index, { ...options, ...source, layout: plan.layout }, async (store) => {
      let figures: ImageFigures | undefined
      const report = (): void => {
        // What is lost of the parent comes to it.
        const bytesTotal = Math.max(toRead, figures?.processed ?? 0)
        if (figures) options.onProgress?.({ bytesTotal, figures, bytesStored: store.bytesStored })
      }
      const timer = setInterval(report, PROGRESS_EVERY)
      try {
        const image = await storeImage(store, {
          ...plan,
          index,
          trees,
          source,
          name,
          now: BigInt(time) * 1_000_000n,
          workers: options.workers,
          signal,
          onFigures: (each) => (figures = each),
        })
        report()
        return image
      } finally {
        clearInterval(timer)
      }
    })
    const wasWritten = source.verify() === 'written'
    const parent = found.parent?.snapshot.id
    const made = snapshotOfImage(
      { ...stored, layout: plan.layout },
      { name, identity, parent, time, begin, end: clock.now(), wasWritten },
    )
    const snapshot = dryRun ? undefined : await saveSnapshot(repository, made, options)
    return {
      ...stored.result,
      ...stored.counts,
      layout: plan.layout,
      snapshot,
      isRemembered: snapshot === undefined || options.lastMade.stored(snapshot),
      parent,
      wasWritten,
      duration: clock.monotonic() - since,
    }
  } finally {
    source.close()
  }
}

async function findParent(
  parts: Parameters<typeof findImageParent>[0],
  now: number,
  { parent, name, identity, time, lastMade, signal, onUnreadableSnapshot }: ImageBackupOptions,
): Promise<FoundParent> {
  const { hostname } = identity
  let loaded: Promise<DiskSnapshots> | undefined
  const load = (): Promise<DiskSnapshots> =>
    (loaded ??= loadDiskSnapshots(parts.repository, { hostname, name, signal, onUnreadableSnapshot }))
  // The next run would take the wrong one for what its areas refer to, whichever this one is compared with.
  if (time !== undefined) {
    const [newest] = (await load()).candidates
    if (newest && BigInt(time) * 1_000_000n <= newest.time.ns) throw notLast(formatTime(newest.time))
  }
  if (parent === 'gone') {
    return { parent: undefined, doubt: 'the snapshot that they refer to is not there any more' }
  }
  if (parent !== 'newest') {
    const none = { parent: undefined, doubt: `snapshot ${parent.id.slice(0, 8)} holds no disk of this name` }
    return (await parentOf(parts, parent, name, { signal })) ?? none
  }
  return findImageParent(parts, await load(), { name, now, lastId: lastMade.snapshot, signal })
}

async function saveSnapshot(
  repository: Repository,
  snapshot: Snapshot,
  { lastMade, signal }: ImageBackupOptions,
): Promise<string> {
  lastMade.storing()
  return repository.saveDocument('snapshot', encodeSnapshot(snapshot), { signal })
}

/** How the disk is cut, and what of it is read. */
interface ImagePlan {
  readonly layout: DiskLayout
  readonly parent: NonNullable<FoundParent['parent']>['image'] | undefined
  readonly changed: BlockSet | undefined
  readonly whyAll: string | undefined
}

function planOf(bytes: number, { parent, doubt }: FoundParent, { changed: areas }: ImageBackupOptions): ImagePlan {
  const before = parent?.image.layout
  const layout = before ? keepLayout(bytes, before) : chooseLayout(bytes)
  const isComparable = before?.blockBytes === layout.blockBytes && before.extentBytes === layout.extentBytes
  const changed = areas && createBlockSet(layout)
  // Told in any case: areas that nobody understands are a mistake, also where they are not needed.
  if (changed) areas(bytes, (area) => changed.addArea(area))
  if (before && before.bytes !== bytes) {
    // Where it ended before, or ends now, and all behind it.
    const from = Math.max(0, Math.min(before.bytes, bytes) - 1)
    changed?.addArea({ offset: from, length: bytes - from })
  }
  const why = isComparable
    ? doubt
    : (doubt ?? `the disk had ${before?.bytes ?? 0} bytes, and is laid out anew for ${bytes}`)
  return {
    layout,
    parent: isComparable ? parent?.image : undefined,
    changed: why === undefined ? changed : undefined,
    whyAll: areas && why,
  }
}

function tooLarge(bytes: number): CoreError {
  return new CoreError(
    'source/too-large',
    `The disk has ${bytes} bytes, and no more than ${LARGEST_DISK} can be backed up.`,
    {
      safety: 'Nothing was read or stored.',
      remedy: 'Divide it.',
    },
  )
}

function notLast(last: string): CoreError {
  return new CoreError(
    'input/invalid',
    `The time given is not behind that of the last snapshot of this disk, ${last}.`,
    {
      safety: 'Nothing was read or stored.',
      remedy: 'Leave --time out, or give a later one: what has changed is told against the last snapshot.',
    },
  )
}
