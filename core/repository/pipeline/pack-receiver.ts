import { type Abortable, CoreError } from '../../base/index.ts'
import { encodeIndex, type IndexedPack, MOST_BLOBS_A_FILE } from '../index/index-writer.ts'
import { HEADER_LENGTH_BYTES, readHeaderEntries } from '../pack/header.ts'
import type { Repository } from '../repository.ts'
import type { PackMessage } from './blob-writer.ts'
import type { PackSlots } from './pack-slots.ts'

/** The main thread's side of the pipeline: stores finished packs, then lists them in index files. */
export interface PackReceiver {
  /** Bytes of packs and indexes stored so far. */
  readonly bytesStored: number
  /** Takes a finished pack. Returns at once. */
  receive(message: PackMessage): void
  /** Resolves when every pack received is stored and listed in a stored index. Rejects with the first failure. */
  finish(): Promise<void>
}

interface Stored extends IndexedPack {
  readonly blobCount: number
}

/** `onFailure` is called once, as soon as storing fails; `finish` rejects with the same. */
export function createPackReceiver(
  repository: Repository,
  slots: PackSlots,
  onFailure: (error: unknown) => void,
  { signal }: Abortable = {},
): PackReceiver {
  const running = new Set<Promise<void>>()
  let unlisted: Stored[] = []
  let failure: { readonly error: unknown } | undefined
  let bytesStored = 0

  function fail(error: unknown): void {
    if (failure) return
    failure = { error }
    onFailure(error)
  }

  async function store({ slot, length, name, header }: PackMessage): Promise<void> {
    const body = (typeof slot === 'number' ? slots.buffer(slot) : Buffer.from(slot)).subarray(0, length)
    try {
      await repository.storage.save({ kind: 'pack', name }, body, { signal })
      bytesStored += length
      const blobs = [...readHeaderEntries(Buffer.from(header), headerStart(body))]
      unlisted.push({ id: Buffer.from(name, 'hex'), blobs, blobCount: blobs.length })
    } finally {
      if (typeof slot === 'number') slots.giveBack(slot)
    }
  }

  /** Writes index files of full size; with `all` also the rest. */
  async function list(all: boolean): Promise<void> {
    for (;;) {
      const batch: Stored[] = []
      let blobs = 0
      for (const pack of unlisted) {
        if (batch.length > 0 && blobs + pack.blobCount > MOST_BLOBS_A_FILE) break
        batch.push(pack)
        blobs += pack.blobCount
      }
      if (batch.length === 0 || (!all && batch.length === unlisted.length)) return
      unlisted = unlisted.slice(batch.length)
      await repository.saveDocument('index', encodeIndex(batch), { signal })
    }
  }

  function start(work: Promise<void>): void {
    const tracked = work.catch(fail).finally(() => running.delete(tracked))
    running.add(tracked)
  }

  return {
    get bytesStored() {
      return bytesStored
    },
    receive(message) {
      if (repository.config.version < 2) throw new CoreError('internal/defect', 'format 1 is never written')
      start(store(message).then(() => list(false)))
    },
    async finish() {
      while (running.size > 0) await Promise.all(running)
      if (!failure) await list(true).catch(fail)
      if (failure) throw failure.error
    },
  }
}

/** A pack is its blobs, the sealed header, and the length of the sealed header in 4 bytes. */
function headerStart(pack: Buffer): number {
  const lengthAt = pack.length - HEADER_LENGTH_BYTES
  return lengthAt - pack.readUInt32LE(lengthAt)
}
