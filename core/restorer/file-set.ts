import { createEntryList, type EntryList } from './entry-list.ts'

/** A folder that is restored. */
export interface FolderItem {
  /** Path below the target, without a leading slash; empty for the target itself. */
  readonly path: Buffer
  /** Encoded node; undefined where only what is in it is restored. */
  readonly node: Buffer | undefined
}

/** Entries that are restored together (FS-24): it bounds the memory of a restore of any size. */
export interface FileSet {
  readonly mostEntries: number
  readonly folders: FolderItem[]
  readonly files: EntryList
  /** What is neither file nor folder. */
  readonly others: EntryList
  /** Blobs of all files. */
  blobs: number
  /** Bytes of the nodes of folders. */
  folderBytes: number
}

/**
 * A set is full at so many entries, blobs or bytes of nodes. Beside the nodes, an entry takes 50 bytes and a blob 24; a
 * folder, which waits with its metadata until all in it is restored, takes some 3 KiB.
 */
const MOST_ENTRIES = 131_072
const MOST_FOLDERS = 4096
const MOST_BLOBS = 1_048_576
const MOST_BYTES = 128 * 1024 * 1024

export function createFileSet(mostEntries = MOST_ENTRIES): FileSet {
  return {
    mostEntries,
    folders: [],
    files: createEntryList(mostEntries),
    others: createEntryList(mostEntries),
    blobs: 0,
    folderBytes: 0,
  }
}

/** Its memory is used again, so nobody may still be reading. */
export function clearFileSet(set: FileSet): void {
  set.folders.length = 0
  set.files.clear()
  set.others.clear()
  set.blobs = 0
  set.folderBytes = 0
}

export function isFull({ mostEntries, folders, files, others, blobs, folderBytes }: FileSet): boolean {
  return (
    files.count + others.count + folders.length >= mostEntries ||
    folders.length >= MOST_FOLDERS ||
    files.bytes + others.bytes + folderBytes >= MOST_BYTES ||
    blobs >= MOST_BLOBS
  )
}
