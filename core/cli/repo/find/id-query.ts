import { ID_BYTES } from '../../../repository/index.ts'
import type { TreeQuery, WantedIds } from '../../../snapshot/index.ts'
import { folderIn, type ListedFolder, ROOT } from '../text/node-text.ts'

/** A folder that is being searched, with its tree. */
export interface IdFolder extends ListedFolder {
  readonly tree: Buffer
}

/** A place where a blob is needed. */
export interface FoundId {
  readonly type: 'blob' | 'tree'
  readonly id: string
  /** Undefined for the root of the snapshot. */
  readonly name: Buffer | undefined
  readonly folder: IdFolder
}

/** Finds the files that need data blobs, or the folders whose trees are wanted. */
export function createIdQuery(
  type: FoundId['type'],
  wanted: WantedIds,
  onFound: (found: FoundId) => void,
): Pick<TreeQuery<IdFolder>, 'meet' | 'enter' | 'circumstances'> & { root(tree: Buffer): IdFolder } {
  /** A blob that a file has in many places is told once. */
  function tellAll(ids: Buffer, name: Buffer | undefined, folder: IdFolder): boolean {
    const told = new Set<string>()
    for (let at = wanted.indexIn(ids); at >= 0; at = wanted.indexIn(ids, at + ID_BYTES)) {
      const id = ids.toString('hex', at, at + ID_BYTES)
      if (!told.has(id)) onFound({ type, id, name, folder })
      told.add(id)
    }
    return told.size > 0
  }

  return {
    root(tree) {
      const folder = { ...ROOT, tree }
      if (type === 'tree') tellAll(tree, undefined, folder)
      return folder
    },
    meet(node, folder) {
      const ids = type === 'tree' ? node.isDir && node.subtree : node.isFile && node.content
      return ids ? tellAll(ids, node.name, folder) : false
    },
    enter(node, folder) {
      const { subtree } = node
      return subtree && { ...folderIn(folder, node.name), tree: subtree }
    },
    circumstances: () => undefined,
  }
}
