import { type Abortable, type Clock, isCode, systemClock } from '../../base/index.ts'
import {
  createIndexFilesWriter,
  type IndexContent,
  isSameNote,
  laterNote,
  listedPack,
  type ListedPack,
  newWaitNote,
  readIndexFiles,
  type Repository,
  type WaitNote,
} from '../../repository/index.ts'
import { createWrittenNotes } from './written-notes.ts'

/** What the index files will say of a pack. */
export type Listing =
  | { readonly state: 'listed' }
  /** It waits to be removed. */
  | { readonly state: 'waiting'; readonly note: WaitNote }
  /** It waits for the next prune, whenever that comes, and nothing of it is to be used meanwhile. */
  | { readonly state: 'set-aside'; readonly since: number }
  /** Nothing is said of it. */
  | { readonly state: 'gone' }

export interface AddedListing {
  readonly pack: ListedPack
  readonly listing: Listing
}

export interface ReplaceIndexFilesOptions extends Abortable {
  /** What is to be said of a pack that some index file lists or notes as waiting; undefined: what is said so far. */
  readonly listingOf: (id: Buffer) => Listing | undefined
  /**
   * Whether a listing of a pack is to be left out, as another one, which stays, says the same. Asked once of each listing
   * of packs in the files that are looked at.
   */
  readonly isRepeat?: ((id: Buffer) => boolean) | undefined
  /** A number of a pack, or -1, for whoever has numbers at hand: names of millions of packs take much memory. */
  readonly numberOf?: ((id: Buffer) => number) | undefined
  /** Index files that are left as they are. */
  readonly except?: ReadonlySet<string> | undefined
  /** Called for an index file that cannot be read; it is left as it is. Without it, the first one ends the work. */
  readonly onUnreadable?: ((name: string) => void) | undefined
  /** Packs that no index file speaks of, and what is to be said of them. */
  readonly added?: AsyncIterable<AddedListing> | undefined
  /** Told of each index file that was looked at. */
  readonly onFile?: (() => void) | undefined
  readonly onListed?: ((files: number) => void) | undefined
  /** Since when a pack waits of which a file does not tell it. */
  readonly clock?: Clock | undefined
}

/**
 * Makes the index files say something else of some packs. First all new files are stored, then the old ones are removed:
 * ended in between, packs are listed twice, which costs nothing but room, and a later prune tidies it. Files that say what
 * they should stay.
 *
 * Throws `repository/damaged` for an index file that cannot be read, unless `onUnreadable` is there, what the storage fails
 * with, and the signal's reason. Until the last new file is stored the old ones all stand, and say what they said.
 */
export async function replaceIndexFiles(
  repository: Repository,
  {
    listingOf,
    isRepeat,
    numberOf,
    except,
    added,
    onFile,
    onListed,
    onUnreadable,
    clock = systemClock,
    signal,
  }: ReplaceIndexFilesOptions,
): Promise<void> {
  const writer = createIndexFilesWriter(repository, { signal })
  const written = createWrittenNotes(numberOf)
  const old: string[] = []

  /** Packs of an index file, by their places in it, that another one lists as well. */
  function repeatsIn(content: IndexContent): ReadonlySet<number> {
    const repeats = new Set<number>()
    if (!isRepeat) return repeats
    for (let pack = 0; pack < content.packCount; pack++) if (isRepeat(content.packId(pack))) repeats.add(pack)
    return repeats
  }

  async function write(pack: ListedPack, listing: Listing): Promise<void> {
    if (listing.state === 'gone') return
    if (listing.state === 'listed') await writer.add(pack)
    else {
      // Of what is noted twice the note may be newer than the list. One that promises, or lists, more is noted besides.
      const other = written.of(pack.id)
      const told = noteOf(listing)
      const note = other ? laterNote(other.note, told) : told
      const blobs = listing.state === 'set-aside' ? [] : [...pack.blobs]
      if (other && isSameNote(note, other.note) && blobs.length <= other.blobs) return
      written.set(pack.id, { note, blobs: Math.max(blobs.length, other?.blobs ?? 0) })
      await writer.addWaiting({ ...pack, blobs }, note)
    }
  }

  function noteOf(listing: Extract<Listing, { readonly state: 'waiting' | 'set-aside' }>): WaitNote {
    const note = listing.state === 'waiting' ? listing.note : newWaitNote(listing.since, 0)
    return Number.isNaN(note.since) ? { ...note, since: clock.now() } : note
  }

  async function writeAnew(content: IndexContent, repeats: ReadonlySet<number>): Promise<void> {
    for (let pack = 0; pack < content.packCount; pack++) {
      if (repeats.has(pack)) continue
      await write(listedPack(content, pack), listingOf(content.packId(pack)) ?? { state: 'listed' })
    }
    const { waiting } = content
    for (const [pack, note] of (waiting?.notes ?? []).entries()) {
      if (!waiting) continue
      const id = waiting.content.packId(pack)
      await write(listedPack(waiting.content, pack), listingOf(id) ?? { state: 'waiting', note })
    }
  }

  const files = readIndexFiles(repository.storage, repository.sealer, { signal, onListed, onUnreadable })
  for await (const { name, content } of files) {
    if (!except?.has(name)) {
      const repeats = repeatsIn(content)
      if (repeats.size > 0 || isOther(content, listingOf)) {
        await writeAnew(content, repeats)
        old.push(name)
      }
    }
    onFile?.()
  }
  if (added) for await (const { pack, listing } of added) await write(pack, listing)
  await writer.finish()
  for (const name of old) await removeIndex(repository, name, { signal })
}

/** Whether an index file says something that it is not to say. */
function isOther(content: IndexContent, listingOf: ReplaceIndexFilesOptions['listingOf']): boolean {
  for (let pack = 0; pack < content.packCount; pack++) {
    const listing = listingOf(content.packId(pack))
    if (listing && listing.state !== 'listed') return true
  }
  const { waiting } = content
  for (const [pack, note] of (waiting?.notes ?? []).entries()) {
    const listing = waiting && listingOf(waiting.content.packId(pack))
    if (listing && !(listing.state === 'waiting' && isSameNote(listing.note, note))) return true
  }
  return false
}

async function removeIndex({ storage }: Repository, name: string, options: Abortable): Promise<void> {
  try {
    await storage.remove({ kind: 'index', name }, options)
  } catch (error) {
    if (!isCode(error, 'storage/not-found')) throw error
  }
}
