import type { Abortable } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { Sealer } from '../crypto/seal.ts'
import { loadUnpacked } from '../unpacked.ts'
import { type BlobIndex, createBlobIndex } from './blob-index.ts'
import { readIndex } from './index-reader.ts'

/** A sealed index file takes about this many bytes for each blob; only used to reserve room. */
const FILE_BYTES_A_BLOB = 60

/** Reads every index file of a repository into one index. Throws `repository/damaged`, naming the file. */
export async function loadIndexes(storage: Storage, sealer: Sealer, options: Abortable = {}): Promise<BlobIndex> {
  const names: string[] = []
  let bytes = 0
  for await (const { name, size } of storage.list('index', options)) {
    names.push(name)
    bytes += size
  }
  const index = createBlobIndex(Math.floor(bytes / FILE_BYTES_A_BLOB))
  // One ahead: the next file is read while this one is parsed.
  let next = names[0] === undefined ? undefined : loadUnpacked(storage, sealer, 'index', names[0], options)
  for (let at = 0; at < names.length && next; at++) {
    const plain = await next
    const following = names[at + 1]
    next = following === undefined ? undefined : loadUnpacked(storage, sealer, 'index', following, options)
    // The failure belongs to whoever awaits it; meanwhile it must not count as unhandled.
    next?.catch(() => undefined)
    readIndex(plain, {
      pack: (id) => index.packs.add(id),
      blob: (pack, type, id, offset, length, uncompressedLength) =>
        index.add(id, { type, pack, offset, length, uncompressedLength }),
    })
  }
  return index
}
