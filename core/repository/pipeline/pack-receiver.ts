import { type Abortable, type Clock, systemClock } from '../../base/index.ts'
import { encodeIndex, type IndexedPack, indexTextOf, MOST_INDEX_TEXT } from '../index/index-writer.ts'
import { FEWEST_ENTRY_BYTES, HEADER_LENGTH_BYTES, readHeaderEntries } from '../pack/header.ts'
import type { Repository } from '../repository.ts'
import type { PackMessage } from './pack-filler.ts'
import type { PackSlots } from './pack-slots.ts'

/** The main thread's side of the pipeline: stores finished packs, then lists them in index files. */
export interface PackReceiver {
  /** Bytes of packs stored so far. */
  readonly bytesStored: number
  /** Takes a finished pack. Returns at once. */
  receive(message: PackMessage): void
  /** Resolves when every pack received is stored and listed in a stored index. Rejects with the first failure. */
  finish(): Promise<void>
  /** After a run that was stopped: lists what is stored, as far as possible, so that the next run need not store it. */
  keep(): Promise<void>
}

export interface PackReceiverOptions extends Abortable {
  readonly clock?: Clock | undefined
}

interface Stored extends IndexedPack {
  /** The most that it adds to an index file. Bytes. */
  readonly text: number
}

/** A run that is ended leaves no more than this unlisted, which its next run stores again. restic waits as long. */
const LIST_EVERY = 10 * 60 * 1000

/** `onFailure` is called once, as soon as storing fails; `finish` rejects with the same. */
export function createPackReceiver(
  repository: Repository,
  slots: PackSlots,
  onFailure: (error: unknown) => void,
  { signal, clock = systemClock }: PackReceiverOptions = {},
): PackReceiver {
  const running = new Set<Promise<void>>()
  let unlisted: Stored[] = []
  let listedAt = clock.monotonic()
  let failure: { readonly error: unknown } | undefined
  let bytesStored = 0

  function fail(error: unknown): void {
    if (failure) return
    failure = { error }
    onFailure(error)
  }

  async function store({ slot, length, name, header }: PackMessage): Promise<void> {
    const body = slots.buffer(slot).subarray(0, length)
    try {
      // What failed once is not tried with every pack that is still under way.
      if (failure) return
      await repository.storage.save({ kind: 'pack', name }, body, { signal })
      bytesStored += length
      unlisted.push({
        id: Buffer.from(name, 'hex'),
        blobs: readHeaderEntries(Buffer.from(header), headerStart(body)),
        text: indexTextOf(Math.ceil(header.length / FEWEST_ENTRY_BYTES)),
      })
    } finally {
      slots.giveBack(slot)
    }
  }

  /** How many of the unlisted packs fit into one index file. */
  function countForOneFile(): number {
    let text = 0
    for (const [count, pack] of unlisted.entries()) {
      text += pack.text
      if (count > 0 && text > MOST_INDEX_TEXT) return count
    }
    return unlisted.length
  }

  /** Writes index files of full size; what is left too where `all` is asked for, or the last file was long ago. */
  async function list(all: boolean, options: Abortable = { signal }): Promise<void> {
    while (unlisted.length > 0) {
      const count = countForOneFile()
      const isDue = clock.monotonic() - listedAt >= LIST_EVERY
      if (count === unlisted.length && !all && !isDue) return
      listedAt = clock.monotonic()
      const batch = unlisted.slice(0, count)
      unlisted = unlisted.slice(count)
      try {
        await repository.saveDocument('index', encodeIndex({ packs: batch }), options)
      } catch (error) {
        unlisted = [...batch, ...unlisted]
        throw error
      }
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
      start(store(message).then(() => list(false)))
    },
    async finish() {
      while (running.size > 0) await Promise.all(running)
      if (!failure) await list(true).catch(fail)
      if (failure) throw failure.error
    },
    async keep() {
      while (running.size > 0) await Promise.all(running)
      await list(true, {}).catch(() => undefined)
    },
  }
}

/** A pack is its blobs, the sealed header, and the length of the sealed header in 4 bytes. */
function headerStart(pack: Buffer): number {
  const lengthAt = pack.length - HEADER_LENGTH_BYTES
  return lengthAt - pack.readUInt32LE(lengthAt)
}
