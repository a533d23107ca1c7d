import { type Abortable, type CoreError, createTurns } from '../../base/index.ts'
import {
  type BlobIndex,
  createBlobIndex,
  type IndexContent,
  readIndexFiles,
  type Repository,
} from '../../repository/index.ts'
import { createPackLedger, type PackLedger } from './pack-ledger.ts'
import { createPackSet, type PackSet } from './pack-set.ts'
import { createSaidPlaces } from './said-places.ts'
import { readWaitingNotes, type WaitingNotes } from './waiting-notes.ts'

/** What the index files say. */
export interface Inventory {
  readonly index: BlobIndex
  readonly ledger: PackLedger
  /** Index files that could be read. */
  readonly files: number
  /** How many trees are listed. */
  readonly trees: number
  /** Packs that no index lists any more and that wait to be removed, by their names: what is noted of them. */
  readonly waiting: WaitingNotes
  /** How many entries are of packs that are listed. Those behind them are of such that wait. */
  readonly listedBlobs: number
  /** Packs, by their numbers, that are listed several times, each time alike: once says as much. */
  readonly repeated: Pick<PackSet, 'size' | 'has'>
}

export interface ReadInventoryOptions extends Abortable {
  /** Takes the blobs of packs that wait to be removed into the index, behind all others. */
  readonly withWaiting?: boolean | undefined
  /** Told how many index files there are, before the first is read. */
  readonly onListed?: ((files: number) => void) | undefined
  /** Told of each file that was dealt with. */
  readonly onFile?: (() => void) | undefined
  /** A pack is listed in two index files. */
  readonly onRepeated?: ((pack: string, first: string, second: string) => void) | undefined
  /** Called for an index file that cannot be read; it is left out. Without it, the first one ends the reading. */
  readonly onUnreadable?: ((name: string, error: CoreError) => void) | undefined
}

/**
 * Reads all index files into one index, with which packs they list. What several of them say alike of a pack is taken
 * once. Throws `repository/damaged`, naming the file.
 */
export async function readInventory(
  { storage, sealer }: Repository,
  { signal, withWaiting = false, onListed, onFile, onRepeated, onUnreadable }: ReadInventoryOptions = {},
): Promise<Inventory> {
  const names: string[] = []
  const index = createBlobIndex()
  const ledger = createPackLedger(index.packs)
  const notes = readWaitingNotes()
  const noting: string[] = []
  const said = createSaidPlaces(index, ledger)
  const turns = createTurns()
  let trees = 0
  const repeated = createPackSet()
  /** Packs that are listed several times, and not alike. */
  const contradicted = createPackSet()

  /** Lists what a file says of a pack, but for what another listing of it has said alike. */
  async function addListing(content: IndexContent, listed: number, file: number): Promise<void> {
    const { pack, isNew } = ledger.list(content.packId(listed))
    if (!isNew && file !== NO_FILE) {
      onRepeated?.(ledger.nameOf(pack), names[ledger.indexFileOf(pack)] ?? '', names[file] ?? '')
    }
    const firstEntry = index.count
    if (isNew) {
      index.addPack(content, listed, pack)
      trees += content.treesIn(listed)
    } else await addUnsaid(content, listed, pack)
    if (!isNew && file !== NO_FILE) {
      const blobs = content.firstBlob(listed + 1) - content.firstBlob(listed)
      const isAlike = index.count === firstEntry && blobs === ledger.firstCountOf(pack)
      if (!isAlike) contradicted.add(pack)
      if (contradicted.has(pack)) repeated.delete(pack)
      else repeated.add(pack)
    }
    if (isNew || index.count > firstEntry) ledger.add(pack, firstEntry, index.count, file)
  }

  async function addUnsaid(content: IndexContent, listed: number, pack: number): Promise<void> {
    const first = content.firstBlob(listed)
    for (let blob = first; blob < content.firstBlob(listed + 1); blob++) {
      const { id, ...place } = content.blob(blob)
      const location = { ...place, pack }
      if (!said.has(id, location, blob - first)) {
        if (place.type === 'tree') trees++
        index.add(id, location)
      }
      const turn = turns()
      if (turn) await turn
    }
  }

  async function add(content: IndexContent, file: number): Promise<void> {
    for (let listed = 0; listed < content.packCount; listed++) {
      await addListing(content, listed, file)
      const turn = turns()
      if (turn) await turn
      signal?.throwIfAborted()
    }
  }

  const reading = readIndexFiles(storage, sealer, {
    signal,
    onListed: (count) => onListed?.(count),
    onUnreadable:
      onUnreadable &&
      ((name, error): void => {
        onUnreadable(name, error)
        onFile?.()
      }),
  })
  let files = 0
  for await (const file of reading) {
    names[file.number] = file.name
    await add(file.content, file.number)
    if (file.content.waiting) {
      notes.add(file.content.waiting)
      noting.push(file.name)
    }
    files++
    onFile?.()
  }
  const waiting = notes.finish((id) => ledger.find(id) >= 0)
  const listedBlobs = index.count
  if (withWaiting) {
    // They are read again: what waits may be as much as what is listed, and is held once, behind it.
    const again = readIndexFiles(storage, sealer, { names: noting, signal, onUnreadable })
    for await (const { content } of again) if (content.waiting) await add(content.waiting.content, NO_FILE)
  }
  ledger.close()
  return { index, ledger, files, trees, waiting, listedBlobs, repeated }
}

/** Where nothing lists a pack but a note that it waits. */
const NO_FILE = -1
