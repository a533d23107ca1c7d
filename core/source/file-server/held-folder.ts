import type { EntryStat, ByteString } from '../../file-system/index.ts'
import type { FolderAddress } from './folder-address.ts'
import { unreadable } from './open-file.ts'

/** How the entries of a folder are reached while it is read: by its descriptor, or by their whole paths. */
export interface HeldFolder {
  /** Where it is read. */
  readonly readFrom: Buffer
  /** What it was when it was opened. */
  readonly stat: EntryStat
  /** `O_PATH`, valid until the next folder is opened. Undefined where entries are reached by their paths. */
  descriptor(): number | undefined
  /** A path of an entry, or of the folder itself, for Node's file functions. As valid as the descriptor. */
  place(name?: ByteString): Buffer
  /** Opens a folder in it, called `path`. Throws what Node throws. */
  enter(name: ByteString, path: Buffer): HeldFolder
  /** A descriptor that is valid until this is closed, for other threads. Undefined where there is none. */
  share(): number | undefined
  close(): void
}

/** Opens the folder at an address. Throws what Node throws, and `source/unreadable` where it is another one. */
export type HoldFolder = (address: FolderAddress) => HeldFolder

/** The error of a folder that is not where it was. It has no system's code: nothing in it is gone. */
export function wasReplaced(path: Uint8Array): Error {
  return unreadable(path, 'was moved or replaced while it was being read')
}
