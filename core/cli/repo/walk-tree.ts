import type { Abortable } from '../../base/index.ts'
import type { TreeLoader } from '../../repository/index.ts'
import { TreeReader } from '../../snapshot/index.ts'

/** What a walk tells of the entries of a snapshot: each before what is in it, in the order of their names. */
export interface TreeVisitor<Folder> {
  /** `node` stands on an entry of `folder`. Returns the folder to be walked in turn, or undefined to pass it over. */
  entry(node: TreeReader, folder: Folder): Folder | undefined
  /** The tree of a folder cannot be read; the walk goes on without what was left in it. */
  unreadable(folder: Folder, error: unknown): void
  /** Called between entries; what it returns is awaited. */
  pause(): Promise<void> | undefined
}

interface Level<Folder> {
  readonly folder: Folder
  readonly reader: TreeReader
}

/** Walks a tree and all below it. Of each folder on the way down only its tree is held in memory. */
export async function walkTree<Folder>(
  trees: TreeLoader,
  tree: Buffer,
  root: Folder,
  visitor: TreeVisitor<Folder>,
  { signal }: Abortable = {},
): Promise<void> {
  const levels: Level<Folder>[] = []

  async function enter(folder: Folder, id: Buffer): Promise<void> {
    signal?.throwIfAborted()
    try {
      const reader = new TreeReader(await trees.load(id, { signal }), `Tree ${id.toString('hex')}`)
      levels.push({ folder, reader })
    } catch (error) {
      signal?.throwIfAborted()
      visitor.unreadable(folder, error)
    }
  }

  await enter(root, tree)
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const { folder, reader } = level
    let below: Folder | undefined
    let subtree: Buffer | undefined
    try {
      if (reader.next()) {
        below = visitor.entry(reader, folder)
        subtree = below === undefined ? undefined : reader.subtree
      } else levels.pop()
    } catch (error) {
      levels.pop()
      visitor.unreadable(folder, error)
    }
    const pause = visitor.pause()
    if (pause) await pause
    if (below !== undefined && subtree) await enter(below, subtree)
  }
}
