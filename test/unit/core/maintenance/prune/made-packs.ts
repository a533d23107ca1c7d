import { setTimeout } from 'node:timers/promises'

import {
  createBlobIndex,
  createBlobSaver,
  HEADER_LENGTH_BYTES,
  headerEntryBytes,
  type Repository,
  SEAL_OVERHEAD,
} from '../../../../../core/repository/index.ts'
import { encodeIndex, type IndexedPack } from '../../../../../core/repository/index/index-writer.ts'
import { writeMadeId } from '../../repository/index/made-id.ts'

/** Packs of uncompressed blobs, all alike: pack 0 has the blobs from 0 on, and so forth. */
export interface MadePacks {
  readonly count: number
  readonly blobsAPack: number
  /** Of a sealed blob. */
  readonly blobBytes: number
  readonly idOfBlob: (blob: number) => Buffer
  /** Which packs have further copies of all its blobs. Their numbers follow: the copy of pack 0 is pack `count`. */
  readonly hasCopy: (pack: number) => boolean
}

const BLOBS_A_FILE = 50_000
const BLOBS_A_TREE = 1000

/** Bytes of such a pack. */
export function packFileBytes({ blobsAPack, blobBytes }: MadePacks): number {
  return blobsAPack * (blobBytes + headerEntryBytes(0)) + SEAL_OVERHEAD + HEADER_LENGTH_BYTES
}

export function packName(pack: number): string {
  return writeMadeId(pack, Buffer.alloc(32)).toString('hex')
}

/** The number of the pack that has this name. */
export function packNumber(name: string): number {
  return Buffer.from(name, 'hex').readUInt32LE(28)
}

/** Numbers of all packs, copies among them. */
export function* packNumbers({ count, hasCopy }: MadePacks): Generator<number> {
  for (let pack = 0; pack < count; pack++) {
    yield pack
    if (hasCopy(pack)) yield count + pack
  }
}

/** Stores index files that list the packs, and trees that need all blobs. Resolves to the tree at the root. */
export async function storeListings(repository: Repository, made: MadePacks): Promise<string> {
  const { count, blobsAPack, blobBytes, idOfBlob, hasCopy } = made
  const trees = createBlobSaver(repository, createBlobIndex(), 'tree')
  const folders: string[] = []
  const step = BLOBS_A_FILE / blobsAPack

  function listed(name: number, pack: number): IndexedPack {
    const blobs = Array.from({ length: blobsAPack }, (_, at) => ({
      id: idOfBlob(pack * blobsAPack + at),
      type: 'data' as const,
      offset: at * blobBytes,
      length: blobBytes,
      uncompressedLength: 0,
    }))
    return { id: writeMadeId(name, Buffer.alloc(32)), blobs }
  }

  for (let first = 0; first < count; first += step) {
    const packs = Array.from({ length: step }, (_, at) => listed(first + at, first + at))
    const copies = packs.flatMap((_, at) => (hasCopy(first + at) ? [listed(count + first + at, first + at)] : []))
    await repository.saveDocument('index', encodeIndex({ packs: [...packs, ...copies] }))
    for (let at = 0; at < step; at += BLOBS_A_TREE / blobsAPack) {
      const some = packs.slice(at, at + BLOBS_A_TREE / blobsAPack)
      const id = (await trees.save(treeOf(some))).toString('hex')
      folders.push(`{"name":"d${String(folders.length).padStart(6, '0')}","type":"dir",${TIMES},"subtree":"${id}"}`)
    }
  }
  const root = await trees.save(Buffer.from(`{"nodes":[${folders.join(',')}]}\n`))
  await trees.finish()
  return root.toString('hex')
}

/** A file whose content is all blobs of these packs. */
function treeOf(packs: readonly IndexedPack[]): Buffer {
  const ids = packs.flatMap(({ blobs }) => [...blobs].map(({ id }) => `"${Buffer.from(id).toString('hex')}"`))
  const content = ids.join(',')
  return Buffer.from(`{"nodes":[{"name":"f","type":"file",${TIMES},"size":1,"content":[${content}]}]}\n`)
}

const TIMES =
  '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z","uid":0,"gid":0'

/** Waits until V8 has given back what nobody holds any more. */
export async function rest(): Promise<void> {
  for (let round = 0; round < 10; round++) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await setTimeout(50)
  }
}
