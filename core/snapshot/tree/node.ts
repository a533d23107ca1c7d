/** The kinds of file system entries that restic knows. `dev` is a block device; `irregular` is whatever is left. */
export type NodeType = 'file' | 'dir' | 'symlink' | 'dev' | 'chardev' | 'fifo' | 'socket' | 'irregular'

/** An extended attribute of a file, POSIX ACLs among them. */
export interface ExtendedAttribute {
  /** Raw bytes. restic stores what is not UTF-8 with loss. */
  readonly name: Buffer
  /** null only where another program stored it so; it means the same as no bytes. */
  readonly value: Buffer | null
}

/**
 * A file system entry as a tree holds it. What is zero, empty or undefined is not stored, as in restic, but for the
 * name, the type, the times, uid, gid and content.
 */
export interface Node {
  /** Raw bytes, not empty, without `/` and NUL. */
  readonly name: Buffer
  readonly type: NodeType
  /** Go's os.FileMode: see `goModeFromUnix`. */
  readonly mode: number
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  /** Nanoseconds since the epoch. */
  readonly atime: bigint
  /** Nanoseconds since the epoch. */
  readonly ctime: bigint
  readonly uid: number
  readonly gid: number
  readonly user: string
  readonly group: string
  readonly inode: bigint
  readonly deviceId: bigint
  /** Bytes. Only files have one. */
  readonly size: bigint
  /** How many names the file has. restic leaves it out for directories and FIFOs. */
  readonly links: bigint
  /** Where a symlink points, raw bytes. */
  readonly linkTarget?: Buffer | undefined
  /** In the order in which the file system lists them. */
  readonly extendedAttributes?: readonly ExtendedAttribute[] | undefined
  /** What restic stores for Windows and other systems: a JSON object, kept as it is. */
  readonly genericAttributes?: Buffer | undefined
  /** `st_rdev` of a device. */
  readonly device?: bigint | undefined
  /** The ids of the blobs that make up a file, 32 bytes each, one after another; null for all but files. */
  readonly content: Buffer | null
  /** The id of a directory's tree: 32 bytes. */
  readonly subtree?: Buffer | undefined
  /** What went wrong when the entry was read, for an entry that was stored all the same. */
  readonly error?: string | undefined
  /** Fields that this program does not know, as they were stored: `"key":value`, separated by commas. */
  readonly unknown?: Buffer | undefined
}
