import type { ContentWriter } from '../repository/index.ts'
import { goModeFromUnix, type Node, type TreeWriter } from '../snapshot/index.ts'
import {
  type ByteString,
  type EntryStat,
  isUtf8Name,
  kindOf,
  readLink,
  type SourceReader,
  statEntry,
} from '../source/index.ts'
import { type FileArchiver } from './file-archiver.ts'
import { count, FIGURE, type FigureRow } from './figures.ts'
import type { MissedReporter } from './missed.ts'
import type { ParentFolder } from './parent-reader.ts'

/** Archives single entries of folders: adds their nodes to the folder's tree. */
export interface EntryArchiver {
  /** `archiveFolder` archives what is in a folder and gives its tree; undefined where it could not be read. */
  add(
    path: Buffer,
    name: ByteString,
    parent: ParentFolder,
    tree: TreeWriter,
    archiveFolder: (path: Buffer, parentTree: Buffer | undefined) => Buffer | undefined,
  ): void
  /** Adds the node of a folder whose tree is stored already. */
  addFolder(path: Buffer, name: ByteString, subtree: Buffer, tree: TreeWriter): void
}

export interface EntryArchiverParts {
  readonly source: SourceReader
  readonly files: FileArchiver
  readonly missed: MissedReporter
  readonly figures: FigureRow
  /** Throws when the run was stopped. */
  readonly checkStopped: () => void
}

export function createEntryArchiver({ source, files, missed, figures, checkStopped }: EntryArchiverParts): EntryArchiver {
  /** What all kinds of nodes have. The access time is the modification time, as with restic: else no tree would repeat. */
  function nodeOf(path: Buffer, name: ByteString, type: Node['type'], stat: EntryStat): Node {
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
      user: source.owners.user(uid),
      group: source.owners.group(gid),
      inode: stat.ino,
      deviceId: stat.dev,
      size: 0n,
      links: 0n,
      content: null,
      extendedAttributes: source.attributes.read(path, (attribute, error) =>
        missed.attribute(path, attribute, error),
      ),
    }
  }

  function addDirectory(
    path: Buffer,
    name: ByteString,
    stat: EntryStat,
    parent: ParentFolder,
    tree: TreeWriter,
    archiveFolder: (path: Buffer, parentTree: Buffer | undefined) => Buffer | undefined,
  ): void {
    const before = parent.find(name)
    const parentTree = before?.type === 'dir' ? before.subtree : undefined
    const subtree = archiveFolder(path, parentTree)
    if (!subtree) return
    const isSameTree = parentTree?.equals(subtree) ?? false
    count(figures, !before ? FIGURE.dirsNew : isSameTree ? FIGURE.dirsUnmodified : FIGURE.dirsChanged)
    if (before && isSameTree && before.hasSameMetadata(stat)) tree.addRaw(before.raw)
    else tree.add({ ...nodeOf(path, name, 'dir', stat), subtree })
  }

  function addOther(path: Buffer, name: ByteString, kind: Node['type'], stat: EntryStat, tree: TreeWriter): void {
    count(figures, FIGURE.others)
    const node = nodeOf(path, name, kind, stat)
    switch (kind) {
      case 'symlink':
        tree.add({ ...node, links: stat.nlink, linkTarget: readLink(path) })
        break
      case 'dev':
      case 'chardev':
        tree.add({ ...node, links: stat.nlink, device: stat.rdev })
        break
      default:
        tree.add(node)
    }
  }

  return {
    add(path, name, parent, tree, archiveFolder) {
      checkStopped()
      try {
        const stat = statEntry(path)
        if (!stat) return
        const kind = kindOf(stat)
        // A socket exists only while its program runs.
        if (kind === undefined || kind === 'socket') return
        if (!source.selects(path, name, kind, stat)) return
        if (!source.keepsNamesThatAreNotUtf8 && !isUtf8Name(name)) {
          missed.report(path, 'name-not-utf8', 'its name is not UTF-8')
        } else if (kind === 'dir') addDirectory(path, name, stat, parent, tree, archiveFolder)
        else if (kind === 'file') files.add(path, name, stat, parent, tree, nodeOf)
        else addOther(path, name, kind, stat, tree)
      } catch (error) {
        missed.unreadable(path, error)
      }
    },
    addFolder(path, name, subtree, tree) {
      const stat = statEntry(path)
      if (stat) tree.add({ ...nodeOf(path, name, 'dir', stat), subtree })
    },
  }
}
