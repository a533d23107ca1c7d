import { type Abortable, type CoreError, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { Sealer } from '../crypto/seal.ts'
import { type BlobIndex, createBlobIndex } from './blob-index.ts'
import type { IndexContent, WaitingPacks } from './index-content.ts'
import type { PresentPacks } from './present-packs.ts'
import { readIndexFiles } from './read-index-files.ts'

/**
 * What an index is wanted for. Packs that wait to be removed can still be read, and are found behind all else by whoever
 * wants to `read`. Whoever may `refer` to blobs must not find them: restic does not know them, and any prune may remove
 * them.
 */
export type IndexPurpose = 'read' | 'refer'

export interface LoadIndexOptions extends Abortable {
  readonly purpose: IndexPurpose
  /**
   * The packs that are there. Blobs whose pack is missing, or too short to hold them, are then left out of the index: a
   * backup stores them anew instead of referring to what nobody can read. Without it index files are believed.
   */
  readonly presentPacks?: PresentPacks | Promise<PresentPacks> | undefined
  /** Told how many entries are of packs that are listed; the others, behind them, are of packs that wait to be removed. */
  readonly onListedEntries?: ((entries: number) => void) | undefined
  /** Told of each pack that was left out, as hexadecimal; `size` is -1 where it is missing. */
  readonly onMissingPack?: ((pack: string, size: number) => void) | undefined
  /** Called for an index file that is damaged; it is left out. Without it, the first one ends the reading. */
  readonly onUnreadable?: ((name: string, error: CoreError) => void) | undefined
}

/** A sealed index file takes about this many bytes for each blob; only used to reserve room. */
const FILE_BYTES_A_BLOB = 42

/** A pack that ends with its last blob has lost its header: what follows takes at least an IV, a MAC and the length. */
const LEAST_HEADER = 16 + 16 + 4

/** Reads every index file of a repository into one index. Throws `repository/damaged`, naming the file. */
export async function loadIndexes(storage: Storage, sealer: Sealer, options: LoadIndexOptions): Promise<BlobIndex> {
  const { purpose, signal, presentPacks, onListedEntries, onUnreadable } = options
  // Whoever made the list may fail before it is awaited below.
  if (presentPacks instanceof Promise) presentPacks.catch(() => undefined)
  let index = createBlobIndex()
  const files = readIndexFiles(storage, sealer, {
    signal,
    onListed: (_, bytes) => (index = createBlobIndex(Math.floor(bytes / FILE_BYTES_A_BLOB))),
    onUnreadable(name, error) {
      if (!onUnreadable || !isCode(error, 'repository/damaged')) throw error
      onUnreadable(name, error)
    },
  })
  const waiting: WaitingPacks[] = []
  for await (const { content } of files) {
    const left = await packsToLeaveOut(storage, content, options)
    for (let pack = 0; pack < content.packCount; pack++) {
      if (!left.has(pack)) index.addPack(content, pack)
    }
    if (content.waiting && purpose === 'read') waiting.push(content.waiting)
  }
  onListedEntries?.(index.count)
  // Last of all: what is elsewhere too is read from there.
  for (const { content } of waiting) {
    const left = await packsToLeaveOut(storage, content, { purpose, signal, presentPacks })
    for (let pack = 0; pack < content.packCount; pack++) if (!left.has(pack)) index.addPack(content, pack)
  }
  return index
}

/** The packs of an index file whose blobs nobody could read, by their numbers in it. */
async function packsToLeaveOut(
  storage: Storage,
  content: IndexContent,
  { signal, presentPacks, onMissingPack }: LoadIndexOptions,
): Promise<ReadonlySet<number>> {
  const left = new Set<number>()
  if (!presentPacks) return left
  const present = await presentPacks
  for (let pack = 0; pack < content.packCount; pack++) {
    const needed = content.packEnd(pack) + LEAST_HEADER
    const id = content.packId(pack)
    if (present.sizeOf(id) >= needed) continue
    const name = id.toString('hex')
    // It may have been stored after the list was made: look again before anybody is alarmed.
    const size = await sizeNow(storage, name, { signal })
    if (size >= needed) continue
    left.add(pack)
    onMissingPack?.(name, size)
  }
  return left
}

async function sizeNow(storage: Storage, name: string, options: Abortable): Promise<number> {
  try {
    return (await storage.stat({ kind: 'pack', name }, options)).size
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return -1
    throw error
  }
}
