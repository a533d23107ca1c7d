import { type ContentWriter, ID_BYTES } from '../repository/index.ts'
import type { Node, TreeReader, TreeWriter } from '../snapshot/index.ts'
import { type ByteString, type EntryReader, type EntryStat, joinPath } from '../source/index.ts'
import { count, FIGURE, type FigureRow } from './figures.ts'
import type { ChangeDetection } from './messages.ts'
import type { MissedReporter } from './missed.ts'
import type { ParentFolder } from './parent-reader.ts'

/** Makes what all kinds of nodes have. */
export type NodeOf = (path: Buffer, name: ByteString, type: 'file', stat: EntryStat) => Node

/** Archives regular files: the unchanged by reference, the others by reading them. */
export interface FileArchiver {
  /** `folder` is the path of the file's folder. */
  add(folder: Buffer, name: ByteString, stat: EntryStat, parent: ParentFolder, tree: TreeWriter, nodeOf: NodeOf): void
}

export interface FileArchiverParts {
  readonly reader: EntryReader
  readonly content: ContentWriter
  readonly missed: MissedReporter
  readonly detection: ChangeDetection
  readonly figures: FigureRow
  /** Whether a data blob is in the repository. */
  readonly isKnown: (id: Uint8Array) => boolean
}

export function createFileArchiver(parts: FileArchiverParts): FileArchiver {
  const { reader, content, missed, detection, figures, isKnown } = parts

  function isUnchanged(before: TreeReader, stat: EntryStat): boolean {
    if (detection.ctime && detection.inode) return before.hasContentOf(stat)
    return (
      before.type === 'file' &&
      before.size === stat.size &&
      before.mtime === stat.mtimeNs &&
      (!detection.ctime || before.ctime === stat.ctimeNs) &&
      (!detection.inode || before.inode === stat.ino)
    )
  }

  /** An unchanged file is only taken over when all its content is still there: somebody may have removed a pack. */
  function isComplete(ids: Buffer): boolean {
    for (let at = 0; at < ids.length; at += ID_BYTES) if (!isKnown(ids.subarray(at, at + ID_BYTES))) return false
    return true
  }

  function addUnchanged(
    before: TreeReader,
    folder: Buffer,
    name: ByteString,
    stat: EntryStat,
    tree: TreeWriter,
    nodeOf: NodeOf,
  ): boolean {
    const ids = before.content
    if (!ids || !isComplete(ids)) return false
    count(figures, FIGURE.filesUnmodified)
    count(figures, FIGURE.bytesProcessed, Number(stat.size))
    const { uid, gid } = before
    if (
      // What the kernel calls a change, it gives a time: then not even attributes have to be read again.
      (detection.ctime || before.ctime === stat.ctimeNs) &&
      before.hasMetadataOf(stat) &&
      before.hasOwnerNames(reader.userName(uid), reader.groupName(gid))
    ) {
      tree.addRaw(before.name, before.raw)
    } else {
      const path = joinPath(folder, name)
      tree.add({ ...nodeOf(path, name, 'file', stat), size: stat.size, links: stat.nlink, content: ids })
    }
    return true
  }

  /** Reads and stores a file. Undefined where it is gone. */
  function store(
    path: Buffer,
    stat: EntryStat,
  ): { readonly ids: Buffer; readonly size: number; readonly stat: EntryStat } | undefined {
    const file = reader.open(path, stat)
    if (!file) return undefined
    try {
      let size = 0
      const ids = content.save((target) => {
        const read = reader.read(file, target, 0, target.length, size)
        size += read
        count(figures, FIGURE.bytesRead, read)
        return read
      })
      if (reader.hasChanged(file)) missed.report(path, 'changed', 'it changed while it was read')
      return { ids, size, stat: file.stat }
    } finally {
      reader.close(file)
    }
  }

  return {
    add(folder, name, stat, parent, tree, nodeOf) {
      const before = parent.find(name)
      if (before && isUnchanged(before, stat) && addUnchanged(before, folder, name, stat, tree, nodeOf)) return
      const path = joinPath(folder, name)
      const stored = store(path, stat)
      if (!stored) return
      count(figures, before ? FIGURE.filesChanged : FIGURE.filesNew)
      count(figures, FIGURE.bytesProcessed, stored.size)
      tree.add({
        ...nodeOf(path, name, 'file', stored.stat),
        size: BigInt(stored.size),
        links: stored.stat.nlink,
        content: stored.ids,
      })
    },
  }
}
