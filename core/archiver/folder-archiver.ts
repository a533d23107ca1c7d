import { createTreeWriter, type TreeWriter } from '../snapshot/index.ts'
import { type ByteString, joinPath, listFolder } from '../source/index.ts'
import type { EntryArchiver } from './entry-archiver.ts'
import type { MissedReporter } from './missed.ts'
import { NO_PARENT, type ParentFolder, type ParentReader } from './parent-reader.ts'
import type { Sharer } from './sharer.ts'

/** Archives folders: their entries in the order of their names, then the tree of them. */
export interface FolderArchiver {
  /** Adds the nodes of these entries of a folder to `tree`. */
  addEntries(folder: Buffer, names: readonly ByteString[], parent: ParentFolder, tree: TreeWriter): void
  /** Archives all that is in a folder. Returns its tree, or undefined where the folder could not be read. */
  archive(path: Buffer, parentTree: Buffer | undefined): Buffer | undefined
}

/** Splitting fewer entries costs more than it saves, unless they are folders, which nobody knows yet. */
const FEWEST_SHARED = 2

export function createFolderArchiver(
  entries: EntryArchiver,
  parents: ParentReader,
  sharer: Sharer,
  missed: MissedReporter,
  saveTree: (plain: Buffer) => Buffer,
): FolderArchiver {
  /** Writers are used again: one for each depth that is being worked on. */
  const spare: TreeWriter[] = []

  function addEntries(folder: Buffer, names: readonly ByteString[], parent: ParentFolder, tree: TreeWriter): void {
    const shared: number[] = []
    let end = names.length
    for (let at = 0; at < end; at++) {
      if (end - at > FEWEST_SHARED && sharer.someoneIsIdle()) {
        const middle = at + ((end - at + 1) >> 1)
        const token = sharer.share(folder, names.slice(middle, end), parent.id)
        if (token !== undefined) {
          shared.push(token)
          end = middle
        }
      }
      const name = names[at]
      if (name !== undefined) entries.add(joinPath(folder, name), name, parent, tree, archive)
    }
    // What was shared first lies last.
    for (const token of shared.toReversed()) tree.addRaw(sharer.await(token))
  }

  function archive(path: Buffer, parentTree: Buffer | undefined): Buffer | undefined {
    let names: ByteString[]
    try {
      names = listFolder(path)
    } catch (error) {
      missed.unreadable(path, error)
      return undefined
    }
    const parent = parentTree ? parents.open(parentTree) : NO_PARENT
    const tree = spare.pop() ?? createTreeWriter()
    try {
      addEntries(path, names, parent, tree)
      const plain = tree.finish()
      return parent.isSame(plain) ? parentTree : saveTree(plain)
    } finally {
      tree.reset()
      spare.push(tree)
    }
  }

  return { addEntries, archive }
}
