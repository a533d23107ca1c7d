import { type Abortable, isCode } from '../base/index.ts'
import type { BlobIndex, Repository } from '../repository/index.ts'
import { findNode } from '../snapshot/index.ts'

/** Finds folders in the parent snapshot, on the main thread. */
export interface ParentTrees {
  /** The tree of the folder `name` (one character a byte) in a tree; undefined where there is none. */
  subtree(tree: Buffer | undefined, name: string): Promise<Buffer | undefined>
}

export function createParentTrees(repository: Repository, index: BlobIndex, options: Abortable): ParentTrees {
  return {
    async subtree(tree, name) {
      if (!tree) return undefined
      try {
        const plain = await repository.loadBlob(index, 'tree', tree, options)
        const node = findNode(plain, Buffer.from(name, 'latin1'), `Tree ${tree.toString('hex')}`)
        return node?.subtree
      } catch (error) {
        // Without its tree a folder is read anew, which loses nothing.
        if (isCode(error, 'repository/damaged') || isCode(error, 'repository/not-in-repository')) return undefined
        throw error
      }
    },
  }
}
