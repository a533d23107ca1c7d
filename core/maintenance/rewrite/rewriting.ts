import type { Abortable, CoreError } from '../../base/index.ts'
import type { ByteString } from '../../file-system/index.ts'
import type { TreeReader } from '../../snapshot/index.ts'
import type { SaveBlob } from './missing-saver.ts'

/** What becomes of a node that does not stay as it is. */
export type NodeChange =
  /** It goes, and all below it. */
  | { readonly type: 'drop' }
  /** A file with another content: 32 bytes a blob, and the bytes of all of them. */
  | { readonly type: 'content'; readonly content: Buffer; readonly size: bigint }

/** Entries of a folder of which it is decided as a whole, by their names: they stay as they are, or have this tree. */
export type Settled = ReadonlyMap<ByteString, Buffer | 'same'>

export type Settle = (
  tree: Buffer,
  plain: Buffer,
  path: ByteString,
  save: SaveBlob,
  options: Abortable,
) => Promise<Settled | undefined>

/** By which rule snapshots are made anew. */
export interface Rewriting {
  /** Whether it matters where a folder lies. Otherwise each is looked at once, however many snapshots hold it. */
  readonly byPath: boolean
  /**
   * Prepares the decision for the nodes of a folder, whose path begins with `/`; that of the root is empty. Undefined: the
   * node stays as it is, but for what lies below it. It is asked once of each node: of folders before what is in them, of all
   * else behind that.
   */
  inFolder(path: ByteString): (node: TreeReader, name: ByteString) => NodeChange | undefined
  /**
   * Asked before of a folder that may be more than a folder; `plain` is its tree. What it settles is neither decided on nor
   * gone into.
   */
  readonly settle?: Settle
  /** Called for a folder whose tree cannot be read; it stays as an empty one. Without it, the first one ends the work. */
  readonly onUnreadable?: ((path: ByteString, error: CoreError) => void) | undefined
  /**
   * Called for a folder whose path is longer than anybody's (`LONGEST_PATH`); it stays as it is, whatever it holds. Without it,
   * the first one ends the work.
   */
  readonly onTooDeep?: ((path: ByteString, error: CoreError) => void) | undefined
}
