import type { Abortable } from '../../base/index.ts'
import { createBlobIndex, sha256, type TreeLoader } from '../../repository/index.ts'
import type { TreeReader } from '../tree/tree-reader.ts'
import { walkTree } from '../tree/walk-tree.ts'

/** What is looked for in trees. */
export interface TreeQuery<Folder> {
  /** `node` stands on an entry of `folder`. Returns whether it is one that is looked for; then it was told. */
  meet(node: TreeReader, folder: Folder): boolean
  /** The folder that the node stands for; undefined where nothing in it can be looked for. */
  enter(node: TreeReader, folder: Folder): Folder | undefined
  /**
   * What decides, beside its tree, about what is found in a folder; undefined where nothing else does. A tree in which
   * there was nothing is not read again in the same circumstances.
   */
  circumstances(folder: Folder): Uint8Array | undefined
  /** The tree of a folder cannot be read, or lies too deep. Told once of each tree in the same circumstances. */
  unreadable(folder: Folder, error: unknown): void
  /** Called between entries; what it returns is awaited. */
  pause(): Promise<void> | undefined
}

/** Searches one snapshot after the other for the same, and remembers the folders in which there was nothing: 64 bytes each. */
export interface TreeSearch<Folder> {
  /** Resolves when all that hangs on a tree was searched. */
  search(tree: Buffer, root: Folder, options?: Abortable): Promise<void>
}

/** A folder that is being searched. */
interface Place<Folder> {
  readonly folder: Folder
  readonly parent: Place<Folder> | undefined
  readonly key: Buffer
  hasFinds: boolean
}

export function createTreeSearch<Folder>(trees: TreeLoader, query: TreeQuery<Folder>): TreeSearch<Folder> {
  // As sets of ids, outside of V8's heap.
  const barren = createBlobIndex()
  const broken = createBlobIndex()

  function placeOf(tree: Buffer, folder: Folder, parent: Place<Folder> | undefined): Place<Folder> | undefined {
    const circumstances = query.circumstances(folder)
    const key = circumstances ? sha256(Buffer.concat([tree, circumstances])) : tree
    return barren.find('tree', key) >= 0 ? undefined : { folder, parent, key, hasFinds: false }
  }

  return {
    async search(tree, root, options = {}) {
      const place = placeOf(tree, root, undefined)
      if (!place) return
      await walkTree(
        trees,
        tree,
        place,
        {
          entry(node, at) {
            if (query.meet(node, at.folder)) at.hasFinds = true
            const subtree = node.isDir ? node.subtree : undefined
            const folder = subtree && query.enter(node, at.folder)
            return folder === undefined ? undefined : placeOf(subtree ?? tree, folder, at)
          },
          unreadable(at, error) {
            // Nothing is found in it, so it is passed over next time; what was found before it broke off is found again.
            if (broken.claim('tree', at.key) >= 0) query.unreadable(at.folder, error)
          },
          left({ key, parent, hasFinds }) {
            if (!hasFinds) barren.claim('tree', key)
            else if (parent) parent.hasFinds = true
          },
          pause: () => query.pause(),
        },
        options,
      )
    },
  }
}
