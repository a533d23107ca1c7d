import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { Sealer } from '../crypto/seal.ts'
import { loadUnpacked } from '../unpacked.ts'
import { type BlobIndex, createBlobIndex } from './blob-index.ts'
import { IndexContent } from './index-content.ts'
import { readIndex } from './index-reader.ts'
import type { PresentPacks } from './present-packs.ts'

export interface LoadIndexOptions extends Abortable {
  /**
   * The packs that are there. Blobs whose pack is missing, or too short to hold them, are then left out of the index: a
   * backup stores them anew instead of referring to what nobody can read. Without it index files are believed.
   */
  readonly presentPacks?: PresentPacks | Promise<PresentPacks> | undefined
  /** Told of each pack that was left out, as hexadecimal; `size` is -1 where it is missing. */
  readonly onMissingPack?: ((pack: string, size: number) => void) | undefined
  /** Called for an index file that is damaged; it is left out. Without it, the first one ends the reading. */
  readonly onUnreadable?: ((name: string, error: CoreError) => void) | undefined
}

/** A sealed index file takes about this many bytes for each blob; only used to reserve room. */
const FILE_BYTES_A_BLOB = 42

/** A pack that ends with its last blob has lost its header: what follows takes at least an IV, a MAC and the length. */
const LEAST_HEADER = 16 + 16 + 4

/**
 * Reads every index file of a repository into one index. Throws `repository/damaged`, naming the file.
 *
 * Also files that another one supersedes: who replaced them may have been ended before all of the replacement was there.
 */
export async function loadIndexes(
  storage: Storage,
  sealer: Sealer,
  options: LoadIndexOptions = {},
): Promise<BlobIndex> {
  const { signal, presentPacks } = options
  // Whoever made the list may fail before it is awaited below.
  if (presentPacks instanceof Promise) presentPacks.catch(() => undefined)
  const names: string[] = []
  let bytes = 0
  for await (const { name, size } of storage.list('index', { signal })) {
    names.push(name)
    bytes += size
  }
  const index = createBlobIndex(Math.floor(bytes / FILE_BYTES_A_BLOB))
  const content = new IndexContent()
  // One ahead: the next file is read while this one is parsed.
  let next = names[0] === undefined ? undefined : loadUnpacked(storage, sealer, 'index', names[0], { signal })
  for (let at = 0; at < names.length && next; at++) {
    const loading = next
    const following = names[at + 1]
    next = following === undefined ? undefined : loadUnpacked(storage, sealer, 'index', following, { signal })
    // The failure belongs to whoever awaits it; meanwhile it must not count as unhandled.
    next?.catch(() => undefined)
    if (!(await readOrTell(loading, content, names[at] ?? '', options))) continue
    const left = await packsToLeaveOut(storage, content, options)
    for (let pack = 0; pack < content.packCount; pack++) {
      if (!left.has(pack)) index.addPack(content, pack)
    }
  }
  return index
}

/** Whether the file could be read. One that cannot ends the reading, unless somebody wants to be told of it. */
async function readOrTell(
  loading: Promise<Buffer>,
  content: IndexContent,
  name: string,
  { onUnreadable, signal }: LoadIndexOptions,
): Promise<boolean> {
  try {
    readNamed(await loading, content, name)
    return true
  } catch (error) {
    signal?.throwIfAborted()
    if (!onUnreadable || !isCode(error, 'repository/damaged')) throw error
    onUnreadable(name, error)
    return false
  }
}

function readNamed(plain: Buffer, content: IndexContent, name: string): void {
  try {
    readIndex(plain, content)
  } catch (error) {
    if (!isCode(error, 'repository/damaged')) throw error
    throw new CoreError('repository/damaged', `Index ${name} cannot be used: ${error.message}.`, {
      cause: error,
      safety: 'The packs it lists are untouched.',
      remedy: 'Run `restic rebuild-index` (`restic repair index` in newer versions): it lists all packs anew.',
    })
  }
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
