import { count, type CounterRow, isCode, systemCode } from '../../base/index.ts'
import {
  type Attribute,
  type AttributeProblem,
  type ByteString,
  type EntryStat,
  joinPath,
} from '../../file-system/index.ts'
import type { Selection } from '../../selection/index.ts'
import { goModeFromUnix, type Node, type TreeWriter } from '../../snapshot/index.ts'
import type { EntryReader, OpenFolder } from '../../source/index.ts'
import { FIGURES } from '../figures.ts'
import type { FileArchiver } from './file-archiver.ts'
import type { MissedReporter } from './missed.ts'
import type { ParentFolder } from './parent-folder.ts'

const FIGURE = FIGURES.at

/** A folder whose entries are being archived. */
export interface FolderPlace {
  readonly open: OpenFolder
  /** The file system that its root lies on. */
  readonly rootDevice: bigint
}

/** Archives what is in a folder and gives its tree. */
export type ArchiveFolder = (place: FolderPlace, enter: boolean, parentTree: Buffer | undefined) => Buffer | NoTree

/** Why a folder has no tree: it was not there any more, or could not be read, which was reported. */
export type NoTree = 'gone' | 'missed'

/** Archives single entries of folders: adds their nodes to the folder's tree. */
export interface EntryArchiver {
  /** False where nothing has this name any more. */
  add(
    folder: FolderPlace,
    name: ByteString,
    parent: ParentFolder,
    tree: TreeWriter,
    archiveFolder: ArchiveFolder,
  ): boolean
  /** Adds the node of a folder whose tree is stored already. */
  addFolder(path: Buffer, name: ByteString, subtree: Buffer, tree: TreeWriter): void
}

export interface EntryArchiverParts {
  readonly reader: EntryReader
  readonly selection: Selection
  readonly files: FileArchiver
  readonly missed: MissedReporter
  readonly figures: CounterRow
  /** Throws when the run was stopped. */
  readonly checkStopped: () => void
}

export function createEntryArchiver(parts: EntryArchiverParts): EntryArchiver {
  const { reader, selection, files, missed, figures, checkStopped } = parts

  /** What all kinds of nodes have. The access time is the modification time, as with restic: else no tree would repeat. */
  function nodeOf(
    path: Buffer,
    name: ByteString,
    type: Node['type'],
    stat: EntryStat,
    attributesOf: (problem: AttributeProblem) => readonly Attribute[],
  ): Node {
    const uid = Number(stat.uid)
    const gid = Number(stat.gid)
    return {
      name: Buffer.from(name, 'latin1'),
      type,
      mode: goModeFromUnix(Number(stat.mode)),
      mtime: stat.mtimeNs,
      atime: stat.mtimeNs,
      ctime: stat.ctimeNs,
      uid,
      gid,
      user: reader.userName(uid),
      group: reader.groupName(gid),
      inode: stat.ino,
      deviceId: stat.dev,
      size: 0n,
      links: 0n,
      content: null,
      extendedAttributes: attributesOf((attribute, error) => {
        // What has gone meanwhile is not missed.
        if (systemCode(error) !== 'ENOENT') missed.attribute(path, attribute, error)
      }),
    }
  }

  function addDirectory(
    { open, rootDevice }: FolderPlace,
    name: ByteString,
    parent: ParentFolder,
    tree: TreeWriter,
    archiveFolder: ArchiveFolder,
  ): boolean {
    using entered = open.enter(name)
    if (!entered) return false
    const before = parent.find(name)
    const parentTree = before?.subtree
    const isEntered = selection.entersFolder(entered.stat, rootDevice)
    const subtree = archiveFolder({ open: entered, rootDevice }, isEntered, parentTree)
    if (!(subtree instanceof Uint8Array)) return subtree === 'missed'
    const isSameTree = parentTree?.equals(subtree) ?? false
    count(figures, !before ? FIGURE.dirsNew : isSameTree ? FIGURE.dirsUnmodified : FIGURE.dirsChanged)
    tree.add(folderNode(entered, name, subtree))
    return true
  }

  function folderNode(folder: OpenFolder, name: ByteString, subtree: Buffer): Node {
    const attributesOf = (problem: AttributeProblem) => folder.attributes(undefined, problem)
    return { ...nodeOf(folder.path, name, 'dir', folder.stat, attributesOf), subtree }
  }

  function addOther(
    { open }: FolderPlace,
    name: ByteString,
    kind: Node['type'],
    stat: EntryStat,
    tree: TreeWriter,
  ): boolean {
    const attributesOf = (problem: AttributeProblem) => open.attributes(name, problem)
    const node = nodeOf(joinPath(open.path, name), name, kind, stat, attributesOf)
    if (kind === 'symlink') {
      const linkTarget = open.readLink(name)
      if (!linkTarget) return false
      tree.add({ ...node, links: stat.nlink, linkTarget })
    } else if (kind === 'fifo') tree.add(node)
    else tree.add({ ...node, links: stat.nlink, device: stat.rdev })
    count(figures, FIGURE.others)
    return true
  }

  return {
    add(folder, name, parent, tree, archiveFolder) {
      checkStopped()
      const { open, rootDevice } = folder
      try {
        const look = open.look(name)
        if (!look) return false
        if (!look.kind || look.kind === 'socket') {
          count(figures, FIGURE.sockets)
          return true
        }
        const { kind } = look
        if (selection.excludesSome && selection.excludes(look.stat(), open.stat.dev, rootDevice)) return true
        if (kind === 'file' && files.addSame(name, look, parent, tree)) return true
        const stat = look.stat()
        if (kind === 'file') return files.add(open, name, stat, parent, tree, nodeOf)
        if (kind === 'dir') return addDirectory(folder, name, parent, tree, archiveFolder)
        return addOther(folder, name, kind, stat, tree)
      } catch (error) {
        // Only what the source could not give is missed; a failure to store ends the run.
        if (!isCode(error, 'source/unreadable')) throw error
        missed.unreadable(joinPath(open.path, name), error)
        return true
      }
    },
    addFolder(path, name, subtree, tree) {
      using folder = reader.openFolder({ path, readFrom: path })
      if (folder) tree.add(folderNode(folder, name, subtree))
    },
  }
}
