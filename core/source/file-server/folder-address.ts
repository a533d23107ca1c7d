import type { ByteString } from '../../file-system/index.ts'
import type { RootIdentity } from './root-identity.ts'

/** How a folder is reached by whoever does not have it open. Plain data, so that it can be given to another thread. */
export interface FolderAddress {
  /** What it is called in the snapshot, by patterns and in messages. */
  readonly path: Uint8Array
  /** Where it is read: the same, or its place in a shadow copy. Links in this path are followed. */
  readonly readFrom: Uint8Array
  /** What has to be there. Undefined: any folder. */
  readonly identity?: RootIdentity | undefined
  /** Of a thread of this process that keeps it open as long as it is worked on. */
  readonly descriptor?: number | undefined
  /** Only this root is read in it. */
  readonly root?: RootEntry | undefined
}

/** A root as an entry of the folder that it lies in. */
export interface RootEntry {
  readonly name: ByteString
  /** What it is called where it is read: `.` where it is the top of a shadow copy. */
  readonly readName: ByteString
  readonly identity: RootIdentity
}
