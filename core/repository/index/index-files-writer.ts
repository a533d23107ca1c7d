import type { Abortable } from '../../base/index.ts'
import type { Repository } from '../repository.ts'
import type { IndexContent } from './index-content.ts'
import { encodeIndex, type IndexedPack, indexTextOf, MOST_INDEX_TEXT, type WaitingPack } from './index-writer.ts'
import type { WaitNote } from './wait-note.ts'

/** Stores index files, as many as it takes, each of at most 8 MiB. */
export interface IndexFilesWriter {
  /** Lists a pack. */
  add(pack: ListedPack): Promise<void>
  /** Notes that a pack waits to be removed. */
  addWaiting(pack: ListedPack, note: WaitNote): Promise<void>
  /** Stores what is left. Resolves to the names of all files. */
  finish(): Promise<readonly string[]>
}

/** A pack as an index file lists it. */
export interface ListedPack {
  readonly id: Uint8Array
  readonly blobs: IndexedPack['blobs']
}

/** One pack of an index file that was read, copied. */
export function listedPack(content: IndexContent, pack: number): ListedPack {
  const first = content.firstBlob(pack)
  const count = content.firstBlob(pack + 1) - first
  return {
    id: Buffer.from(content.packId(pack)),
    blobs: Array.from({ length: count }, (_, blob) => content.blob(first + blob)),
  }
}

export function createIndexFilesWriter(repository: Repository, options: Abortable = {}): IndexFilesWriter {
  const names: string[] = []
  let packs: IndexedPack[] = []
  let waiting: WaitingPack[] = []
  let text = 0

  async function store(): Promise<void> {
    if (text === 0) return
    names.push(await repository.saveDocument('index', encodeIndex({ packs, waiting }), options))
    packs = []
    waiting = []
    text = 0
  }

  async function makeRoom(blobs: number): Promise<void> {
    const added = indexTextOf(blobs)
    if (text + added > MOST_INDEX_TEXT) await store()
    text += added
  }

  return {
    async add({ id, blobs }) {
      const listed = [...blobs]
      await makeRoom(listed.length)
      packs.push({ id, blobs: listed })
    },
    async addWaiting({ id, blobs }, note) {
      const listed = [...blobs]
      await makeRoom(listed.length)
      waiting.push({ id, blobs: listed, note })
    },
    async finish() {
      await store()
      return names
    },
  }
}
