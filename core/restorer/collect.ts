import type { TreeReader } from '../snapshot/index.ts'
import { emptyFileSet, type FileSet, isFull } from './file-set.ts'
import type { RestoreVisitor } from './walk.ts'

/** What a restore has before it, counted. */
export interface Totals {
  files: number
  /** Bytes of files. */
  bytes: number
  folders: number
  others: number
}

export interface CollectorOptions {
  /** Takes a full set; the walk waits for it. */
  readonly onFull: (set: FileSet) => Promise<void>
  readonly onUnreadable: (path: Buffer, error: unknown) => void
}

/** Collects what a walk meets into sets, and counts it. */
export interface Collector extends RestoreVisitor {
  readonly totals: Totals
  /** What is left at the end. */
  readonly set: FileSet
}

export function createCollector({ onFull, onUnreadable }: CollectorOptions): Collector {
  const totals: Totals = { files: 0, bytes: 0, folders: 0, others: 0 }
  let set = emptyFileSet()

  return {
    totals,
    get set() {
      return set
    },
    folder(path, node, selected) {
      set.folders.push({ path, node: node && selected ? Buffer.from(node.raw) : undefined })
      totals.folders++
    },
    entry(node) {
      // Views on the tree: all of its nodes are wanted, as a rule, so keeping the tree is the least that can be kept.
      const item = {
        folder: set.folders.length - 1,
        name: node.name,
        node: node.raw,
        identity: identityOf(node),
      }
      if (node.type !== 'file') {
        totals.others++
        set.others.push(item)
        return
      }
      const content = node.content ?? Buffer.alloc(0)
      const size = Number(node.size)
      set.files.push({ ...item, size, modified: node.mtime, content })
      set.blobs += content.length / 32
      totals.files++
      totals.bytes += size
    },
    async pause() {
      if (!isFull(set)) return
      const full = set
      set = emptyFileSet()
      await onFull(full)
    },
    unreadable: onUnreadable,
  }
}

function identityOf(node: TreeReader): string | undefined {
  return node.links > 1n ? `${node.deviceId}:${node.inode}` : undefined
}
