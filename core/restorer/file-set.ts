/** A folder that is restored. */
export interface FolderItem {
  /** Path below the target, without a leading slash; empty for the target itself. */
  readonly path: Buffer
  /** Encoded node; undefined where only what is in it is restored. */
  readonly node: Buffer | undefined
}

/** An entry that is not a folder. */
export interface EntryItem {
  /** Number of its folder in the set. */
  readonly folder: number
  readonly name: Buffer
  /** Encoded. */
  readonly node: Buffer
  /** Which file it is, where it has several names: these become hard links of each other. */
  readonly identity: string | undefined
}

export interface FileItem extends EntryItem {
  /** Bytes. */
  readonly size: number
  /** Nanoseconds since the epoch. */
  readonly modified: bigint
  /** 32 bytes a blob. */
  readonly content: Buffer
}

/** Entries that are restored together (FS-24): it bounds the memory of a restore of any size. */
export interface FileSet {
  readonly folders: FolderItem[]
  readonly files: FileItem[]
  readonly others: EntryItem[]
  /** Blobs of all files. */
  blobs: number
}

/** A set is full at so many entries or blobs: about 700 bytes an entry and 100 bytes a blob. */
const MOST_ENTRIES = 131_072
const MOST_BLOBS = 1_048_576

export function emptyFileSet(): FileSet {
  return { folders: [], files: [], others: [], blobs: 0 }
}

export function isFull(set: FileSet): boolean {
  return set.files.length + set.others.length + set.folders.length >= MOST_ENTRIES || set.blobs >= MOST_BLOBS
}
