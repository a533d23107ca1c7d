import { type ContentWriter, ID_BYTES } from '../repository/index.ts'
import type { Node, NodeView, TreeWriter } from '../snapshot/index.ts'
import { type ByteString, closeFile, type EntryStat, hasChanged, openForReading, readInto } from '../source/index.ts'
import { count, FIGURE, type FigureRow } from './figures.ts'
import type { ChangeDetection } from './messages.ts'
import type { MissedReporter } from './missed.ts'
import type { ParentFolder } from './parent-reader.ts'

/** Archives regular files: the unchanged by reference, the others by reading them. */
export interface FileArchiver {
  add(
    path: Buffer,
    name: ByteString,
    stat: EntryStat,
    parent: ParentFolder,
    tree: TreeWriter,
    nodeOf: (path: Buffer, name: ByteString, type: 'file', stat: EntryStat) => Node,
  ): void
}

export interface FileArchiverParts {
  readonly content: ContentWriter
  readonly missed: MissedReporter
  readonly detection: ChangeDetection
  readonly figures: FigureRow
  /** Whether a data blob is in the repository. */
  readonly isKnown: (id: Uint8Array) => boolean
}

export function createFileArchiver(parts: FileArchiverParts): FileArchiver {
  const { content, missed, detection, figures, isKnown } = parts

  /** An unchanged file is only taken over when all its content is still there: somebody may have removed a pack. */
  function isUnchanged(before: NodeView, stat: EntryStat): boolean {
    if (before.type !== 'file' || before.size !== stat.size || before.mtime !== stat.mtimeNs) return false
    if (detection.ctime && before.ctime !== stat.ctimeNs) return false
    if (detection.inode && before.inode !== stat.ino) return false
    const ids = before.content
    if (!ids) return false
    for (let at = 0; at < ids.length; at += ID_BYTES) if (!isKnown(ids.subarray(at, at + ID_BYTES))) return false
    return true
  }

  /** Reads and stores a file. Undefined where it is gone. */
  function store(path: Buffer, stat: EntryStat): { readonly ids: Buffer; readonly size: number; readonly stat: EntryStat } | undefined {
    const file = openForReading(path, stat)
    if (!file) return undefined
    try {
      let size = 0
      const ids = content.save((target) => {
        const read = readInto(file, target, 0, target.length, size)
        size += read
        count(figures, FIGURE.bytesRead, read)
        return read
      })
      if (hasChanged(file)) missed.report(path, 'changed', 'it changed while it was read')
      return { ids, size, stat: file.stat }
    } finally {
      closeFile(file)
    }
  }

  return {
    add(path, name, stat, parent, tree, nodeOf) {
      const before = parent.find(name)
      if (before && isUnchanged(before, stat)) {
        count(figures, FIGURE.filesUnmodified)
        count(figures, FIGURE.bytesProcessed, Number(stat.size))
        if (before.hasSameMetadata(stat)) tree.addRaw(before.raw)
        else tree.add({ ...nodeOf(path, name, 'file', stat), size: stat.size, links: stat.nlink, content: before.content })
        return
      }
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
