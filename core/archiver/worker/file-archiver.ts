import { count, type CounterRow, isCode } from '../../base/index.ts'
import {
  type Attribute,
  type AttributeProblem,
  type ByteString,
  type EntryLook,
  type EntryStat,
  joinPath,
} from '../../file-system/index.ts'
import { ID_BYTES } from '../../repository/index.ts'
import type { Node, TreeReader, TreeWriter } from '../../snapshot/index.ts'
import type { EntryReader, OpenFolder } from '../../source/index.ts'
import { FIGURES } from '../figures.ts'
import type { ChangeDetection } from '../messages.ts'
import type { ContentSaver } from './content-saver.ts'
import type { MissedReporter } from './missed.ts'
import type { ParentFolder } from './parent-folder.ts'

const FIGURE = FIGURES.at

/** Makes what all kinds of nodes have. */
export type NodeOf = (
  path: Buffer,
  name: ByteString,
  type: 'file',
  stat: EntryStat,
  attributesOf: (problem: AttributeProblem) => readonly Attribute[],
) => Node

/** Archives regular files: the unchanged by reference, the others by reading them. */
export interface FileArchiver {
  /** Takes over the parent's node of a file that is as it was in every respect. False: it has to be looked at closer. */
  addSame(name: ByteString, look: EntryLook, parent: ParentFolder, tree: TreeWriter): boolean
  /** False where it is gone. */
  add(
    folder: OpenFolder,
    name: ByteString,
    stat: EntryStat,
    parent: ParentFolder,
    tree: TreeWriter,
    nodeOf: NodeOf,
  ): boolean
}

export interface FileArchiverParts {
  readonly reader: EntryReader
  readonly content: ContentSaver
  readonly missed: MissedReporter
  readonly detection: ChangeDetection
  readonly figures: CounterRow
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
    folder: OpenFolder,
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
      const attributesOf = (problem: AttributeProblem) => folder.attributes(name, problem)
      const node = nodeOf(joinPath(folder.path, name), name, 'file', stat, attributesOf)
      tree.add({ ...node, size: stat.size, links: stat.nlink, content: ids })
    }
    return true
  }

  /** Reads and stores a file, and gives its node. */
  function store(folder: OpenFolder, name: ByteString, stat: EntryStat, nodeOf: NodeOf): Node | 'gone' | 'missed' {
    const file = folder.open(name, stat)
    if (!file) return 'gone'
    let size = 0
    try {
      const stored = content.save(file, (processed, read) => {
        size += processed
        count(figures, FIGURE.bytesRead, read)
        // At once, not at its end: a large file takes hours.
        count(figures, FIGURE.bytesProcessed, processed)
      })
      if (reader.hasChanged(file)) missed.report(file.path, 'changed', 'it changed while it was read')
      const node = nodeOf(file.path, name, 'file', file.stat, (problem) => reader.attributes(file, problem))
      return { ...node, size: BigInt(size), links: file.stat.nlink, content: stored }
    } catch (error) {
      count(figures, FIGURE.bytesProcessed, -size)
      if (!isCode(error, 'source/too-large')) throw error
      missed.report(file.path, 'too-large', error.message)
      return 'missed'
    } finally {
      reader.close(file)
    }
  }

  return {
    addSame(name, { facts }, parent, tree) {
      if (!facts || !detection.ctime || !detection.inode) return false
      const same = parent.findSame(name, facts)
      if (!same) return false
      for (let number = 0; number < same.idCount; number++) if (!isKnown(same.id(number))) return false
      count(figures, FIGURE.filesUnmodified)
      count(figures, FIGURE.bytesProcessed, facts.sizeHigh * 2 ** 32 + facts.sizeLow)
      tree.addRaw(same.name, same.tree, same.start, same.end)
      return true
    },
    add(folder, name, stat, parent, tree, nodeOf) {
      const before = parent.find(name)
      if (before && isUnchanged(before, stat) && addUnchanged(before, folder, name, stat, tree, nodeOf)) return true
      const node = store(folder, name, stat, nodeOf)
      if (node === 'gone') return false
      if (node === 'missed') return true
      count(figures, before ? FIGURE.filesChanged : FIGURE.filesNew)
      tree.add(node)
      return true
    },
  }
}
