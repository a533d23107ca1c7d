import { type Abortable, createTurns } from '../../base/index.ts'
import type { TreeLoader } from '../../repository/index.ts'
import { LONGEST_PATH, tooDeep, TreeReader } from '../../snapshot/index.ts'

/** What a walk tells of the entries of a snapshot: each before what is in it, in the order of their names. */
export interface TreeVisitor<Folder> {
  /** `node` stands on an entry of `folder`. Returns the folder to be walked in turn, or undefined to pass it over. */
  entry(node: TreeReader, folder: Folder): Folder | undefined
  /** The tree of a folder cannot be read, or lies too deep; the walk goes on without what was left in it. */
  unreadable(folder: Folder, error: unknown): void
  /** Called between entries; what it returns is awaited. */
  pause(): Promise<void> | undefined
}

interface Level<Folder> {
  readonly folder: Folder
  readonly reader: TreeReader
  /** Bytes of the folder's path, with a slash behind it. */
  readonly pathBytes: number
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
  const turns = createTurns()

  async function enter(folder: Folder, id: Buffer, pathBytes: number): Promise<void> {
    signal?.throwIfAborted()
    try {
      if (pathBytes > LONGEST_PATH) throw tooDeep()
      const reader = new TreeReader(await trees.load(id, { signal }), `Tree ${id.toString('hex')}`)
      levels.push({ folder, reader, pathBytes })
    } catch (error) {
      signal?.throwIfAborted()
      visitor.unreadable(folder, error)
    }
  }

  await enter(root, tree, 1)
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const { folder, reader, pathBytes } = level
    let below: Folder | undefined
    let subtree: Buffer | undefined
    let nameBytes = 0
    try {
      if (reader.next()) {
        below = visitor.entry(reader, folder)
        if (below !== undefined) {
          subtree = reader.subtree
          nameBytes = reader.name.length
        }
      } else levels.pop()
    } catch (error) {
      levels.pop()
      visitor.unreadable(folder, error)
    }
    const pause = visitor.pause()
    if (pause) await pause
    const turn = turns()
    if (turn) await turn
    signal?.throwIfAborted()
    if (below !== undefined && subtree) await enter(below, subtree, pathBytes + nameBytes + 1)
  }
}
