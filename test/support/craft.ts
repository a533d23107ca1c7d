import { sha256, type BlobType, type HeaderEntry, type Repository } from '../../core/repository/index.ts'
import { encodeIndex } from '../../core/repository/index/index-writer.ts'
import { readHeaderEntries } from '../../core/repository/pack/header.ts'
import { createPackBuilder, packBytesFor } from '../../core/repository/pack/pack-builder.ts'

export interface CraftedBlob {
  readonly type: BlobType
  readonly plain: Buffer
  /** What it is stored as, where it is to count as compressed. */
  readonly body?: Buffer
}

export interface CraftedPack {
  readonly name: string
  readonly entries: readonly HeaderEntry[]
}

/** Stores blobs, uncompressed unless they bring a body, in a pack of their own that no index lists. */
export async function storePack(repository: Repository, blobs: readonly CraftedBlob[]): Promise<CraftedPack> {
  const builder = createPackBuilder(repository.sealer)
  const buffer = Buffer.alloc(blobs.reduce((sum, { plain, body = plain }) => sum + packBytesFor(body.length), 0))
  builder.start(buffer)
  for (const { type, plain, body } of blobs) builder.add(type, sha256(plain), body ?? plain, body ? plain.length : 0)
  const blobBytes = builder.size
  const { id, length, header } = builder.finish()
  const name = id.toString('hex')
  await repository.storage.save({ kind: 'pack', name }, buffer.subarray(0, length))
  return { name, entries: [...readHeaderEntries(header, blobBytes)] }
}

/** Stores an index that says so of a pack. Returns its name. */
export function storeIndex(repository: Repository, { name, entries }: CraftedPack): Promise<string> {
  return repository.saveDocument('index', encodeIndex({ packs: [{ id: Buffer.from(name, 'hex'), blobs: entries }] }))
}

/** Stores a snapshot of this tree. Returns its id. */
export function storeSnapshot(repository: Repository, tree: string): Promise<string> {
  const snapshot = { time: '2026-02-03T04:05:06Z', tree, paths: ['/crafted'], hostname: 'host', username: 'user' }
  return repository.saveDocument('snapshot', Buffer.from(JSON.stringify(snapshot)))
}
