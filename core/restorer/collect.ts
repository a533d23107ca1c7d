import { linkedFileKey, type TreeReader } from '../snapshot/index.ts'
import { clearFileSet, type FileSet, isFull } from './file-set.ts'
import type { RestoreVisitor } from './walk.ts'

/** What a restore has before it, counted. */
export interface Totals {
  files: number
  /** Bytes of files; of one with several names, once. */
  bytes: number
  folders: number
  others: number
  /** Entries of all kinds, without folders that only lead to them. */
  selected: number
}

export interface CollectorOptions {
  /** Takes a full set, which is used again when it resolves; the walk waits for that. */
  readonly onFull: (set: FileSet) => Promise<void>
  readonly onUnreadable: (path: Buffer, error: unknown) => void
}

/** Collects what a walk meets into sets, and counts it. */
export interface Collector extends RestoreVisitor {
  readonly totals: Totals
}

/** Collects into `set`, which holds in the end what is left. */
export function createCollector(set: FileSet, { onFull, onUnreadable }: CollectorOptions): Collector {
  const totals: Totals = { files: 0, bytes: 0, folders: 0, others: 0, selected: 0 }
  const linkedFiles = new Set<string>()
  clearFileSet(set)
  /** The folder that the walk is in, after those above it. One that is not selected is made for what is restored in it. */
  const chain: { readonly path: Buffer; isAdded: boolean }[] = []

  function addChain(): void {
    for (const folder of chain) {
      if (folder.isAdded) continue
      folder.isAdded = true
      addFolder(folder.path, undefined)
    }
  }

  function addFolder(path: Buffer, node: Buffer | undefined): void {
    set.folders.push({ path, node })
    set.folderBytes += node?.length ?? 0
    totals.folders++
  }

  /** Further names of a file have no content of their own. */
  function isNew(node: TreeReader): boolean {
    const linkedFile = linkedFileKey(node)
    if (linkedFile === undefined) return true
    if (linkedFiles.has(linkedFile)) return false
    linkedFiles.add(linkedFile)
    return true
  }

  return {
    totals,
    folder(path, node, isSelected) {
      while (chain.length > 0 && !isAbove(chain.at(-1)?.path ?? path, path)) chain.pop()
      if (isSelected) {
        addChain()
        addFolder(path, node)
        totals.selected++
      }
      chain.push({ path, isAdded: isSelected })
    },
    entry(node) {
      addChain()
      // A folder may go on in the next set.
      if (set.folders.length === 0) set.folders.push({ path: chain.at(-1)?.path ?? NO_PATH, node: undefined })
      const folder = set.folders.length - 1
      totals.selected++
      // Copied: where little of a tree is wanted, keeping the tree would keep all of it.
      if (!node.isFile) {
        totals.others++
        set.others.add(folder, node.raw)
        return
      }
      set.files.add(folder, node.raw)
      set.blobs += node.blobs
      totals.files++
      if (isNew(node)) totals.bytes += Number(node.size)
    },
    get isFull() {
      return isFull(set)
    },
    async pause() {
      await onFull(set)
      clearFileSet(set)
    },
    unreadable: onUnreadable,
  }
}

const NO_PATH = Buffer.alloc(0)
const SLASH = 0x2f

/** Whether a folder is above a path. */
function isAbove(folder: Buffer, path: Buffer): boolean {
  if (folder.length === 0) return path.length > 0
  return path[folder.length] === SLASH && path.subarray(0, folder.length).equals(folder)
}
