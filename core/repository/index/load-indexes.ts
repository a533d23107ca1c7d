import { type Abortable, CoreError } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { Sealer } from '../crypto/seal.ts'
import { loadUnpacked } from '../unpacked.ts'
import { type BlobIndex, createBlobIndex } from './blob-index.ts'
import { readIndex } from './index-reader.ts'

/** A sealed index file takes about this many bytes for each blob; only used to reserve room. */
const FILE_BYTES_A_BLOB = 60

export interface LoadIndexesOptions extends Abortable {
  /** Called for an index file that cannot be read; it is left out. Without it, the first one ends the reading. */
  readonly onUnreadable?: ((name: string, error: CoreError) => void) | undefined
}

/** Reads every index file of a repository into one index. Throws `repository/damaged`, naming the file. */
export async function loadIndexes(
  storage: Storage,
  sealer: Sealer,
  { onUnreadable, signal }: LoadIndexesOptions = {},
): Promise<BlobIndex> {
  const names: string[] = []
  let bytes = 0
  for await (const { name, size } of storage.list('index', { signal })) {
    names.push(name)
    bytes += size
  }
  const index = createBlobIndex(Math.floor(bytes / FILE_BYTES_A_BLOB))
  function load(name: string): Promise<Buffer> {
    const loading = loadUnpacked(storage, sealer, 'index', name, { signal })
    // The failure belongs to whoever awaits it; meanwhile it must not count as unhandled.
    loading.catch(() => undefined)
    return loading
  }
  // One ahead: the next file is read while this one is parsed.
  let next = names[0] === undefined ? undefined : load(names[0])
  for (const [at, name] of names.entries()) {
    const loading = next
    const following = names[at + 1]
    next = following === undefined ? undefined : load(following)
    try {
      if (loading) addIndex(index, await loading, name)
    } catch (error) {
      if (!onUnreadable || !(error instanceof CoreError)) throw error
      signal?.throwIfAborted()
      onUnreadable(name, error)
    }
  }
  return index
}

function addIndex(index: BlobIndex, plain: Buffer, name: string): void {
  readIndex(plain, name, {
    pack: (id) => index.packs.add(id),
    blob: (pack, type, id, offset, length, uncompressedLength) =>
      index.add(id, { type, pack, offset, length, uncompressedLength }),
  })
}
