import { formatCount, isCode } from '../../base/index.ts'
import { type ByteString, isUtf8Name, joinPath } from '../../file-system/index.ts'
import type { Selection } from '../../selection/index.ts'
import { TreeWriter } from '../../snapshot/index.ts'
import type { OpenFolder } from '../../source/index.ts'
import type { EntryArchiver, FolderPlace, NoTree } from './entry-archiver.ts'
import type { MissedReporter } from './missed.ts'
import { NO_PARENT, type ParentFolder } from './parent-folder.ts'
import type { ParentReader } from './parent-reader.ts'
import type { Sharer } from './sharer.ts'

/** Archives folders: their entries in the order of their names, then the tree of them. */
export interface FolderArchiver {
  /** Adds the nodes of these entries of a folder to `tree`, as far as they are selected. */
  addEntries(folder: FolderPlace, names: readonly ByteString[], parent: ParentFolder, tree: TreeWriter): void
}

export interface FolderArchiverParts {
  readonly selection: Selection
  /** FS-17: names that are not UTF-8 are left out, and listed. */
  readonly onlyUtf8Names: boolean
  readonly entries: EntryArchiver
  readonly parents: ParentReader
  readonly sharer: Sharer
  readonly missed: MissedReporter
  readonly saveTree: (plain: Buffer) => Buffer
  /** Bytes; see `largest-tree.ts`. */
  readonly largestTree: number
}

/** The half that is given away must be worth a message: at least one entry, and one is kept. */
const FEWEST_TO_SHARE = 2

export function createFolderArchiver(parts: FolderArchiverParts): FolderArchiver {
  const { selection, onlyUtf8Names, entries, parents, sharer, missed, saveTree, largestTree } = parts
  /** Writers are used again: one for each depth that is being worked on. */
  const spare: TreeWriter[] = []

  function addEntries(folder: FolderPlace, names: readonly ByteString[], parent: ParentFolder, tree: TreeWriter): void {
    const { open } = folder
    const isExcluded = selection.inFolder(open.path.latin1Slice(), open.place())
    const shared: number[] = []
    const gone: ByteString[] = []
    let end = names.length
    for (let at = 0; at < end; at++) {
      if (end - at >= FEWEST_TO_SHARE && sharer.someoneIsIdle()) {
        const middle = at + ((end - at + 1) >> 1)
        const token = sharer.share(folder, names.slice(middle, end), parent.sent)
        if (token !== undefined) {
          shared.push(token)
          end = middle
        }
      }
      const name = names[at] ?? ''
      if (onlyUtf8Names && !isUtf8Name(name)) {
        missed.report(joinPath(open.path, name), 'name-not-utf8', 'its name is not UTF-8')
      } else if (!isExcluded(name) && !entries.add(folder, name, parent, tree, archiveFolder)) gone.push(name)
    }
    reportReturned(open, gone)
    // What was shared first lies last.
    for (const token of shared.toReversed()) tree.addNodes(sharer.await(token))
  }

  /** What was not there when it was to be read, and has its name by now, exists and was not read. */
  function reportReturned(open: OpenFolder, gone: readonly ByteString[]): void {
    if (gone.length === 0) return
    const listed = listNames(open)
    const names = new Set(listed === 'missed' ? [] : listed)
    for (const name of gone) {
      if (!names.has(name) || isSocket(open, name)) continue
      missed.report(joinPath(open.path, name), 'unreadable', 'it was away when it was to be read')
    }
  }

  function archiveFolder(place: FolderPlace, enter: boolean, parentTree: Buffer | undefined): Buffer | NoTree {
    const names = enter ? listNames(place.open) : []
    if (!names) return 'gone'
    if (names === 'missed') return names
    const parent = parentTree ? parents.open(parentTree) : NO_PARENT
    const tree = spare.pop() ?? new TreeWriter(largestTree)
    try {
      addEntries(place, names, parent, tree)
      const plain = tree.finish()
      return parentTree && parent.isSame(plain) ? parentTree : saveTree(plain)
    } catch (error) {
      if (!isCode(error, 'source/too-large')) throw error
      missed.report(place.open.path, 'too-large', `it has ${formatCount(names.length)} entries: ${error.message}`)
      return 'missed'
    } finally {
      parent.close()
      tree.reset()
      spare.push(tree)
    }
  }

  /** Undefined where the folder has gone. */
  function listNames(open: OpenFolder): ByteString[] | 'missed' | undefined {
    try {
      return open.list()
    } catch (error) {
      if (!isCode(error, 'source/unreadable')) throw error
      missed.unreadable(open.path, error)
      return 'missed'
    }
  }

  return { addEntries }
}

function isSocket(open: OpenFolder, name: ByteString): boolean {
  try {
    return open.look(name)?.kind === 'socket'
  } catch (error) {
    if (!isCode(error, 'source/unreadable')) throw error
    return false
  }
}
