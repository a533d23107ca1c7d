import { type Abortable, createTurns } from '../../base/index.ts'
import type { TreeLoader } from '../../repository/index.ts'
import { createHeldTrees, type HeldLevel } from './held-trees.ts'
import { LONGEST_PATH, tooDeep } from './longest-path.ts'
import type { TreeReader } from './tree-reader.ts'

/** What a walk tells of the entries of a snapshot: each before what is in it, in the order of their names. */
export interface TreeVisitor<Folder> {
  /** `node` stands on an entry of `folder`. Returns the folder to be walked in turn, or undefined to pass it over. */
  entry(node: TreeReader, folder: Folder): Folder | undefined
  /** The tree of a folder cannot be read, or lies too deep; the walk goes on without what was left in it. */
  unreadable(folder: Folder, error: unknown): void
  /** All that can be told of a folder was told: what is in it, or that it is unreadable. */
  left?(folder: Folder): void
  /** Called between entries; what it returns is awaited. */
  pause(): Promise<void> | undefined
}

interface Level<Folder> {
  readonly folder: Folder
  readonly tree: HeldLevel
  /** Bytes of the folder's path, with a slash behind it. */
  readonly pathBytes: number
}

/** Walks a tree and all below it. Of the folders on the way down the trees are held in memory, in bounds (`createHeldTrees`). */
export async function walkTree<Folder>(
  trees: TreeLoader,
  tree: Buffer,
  root: Folder,
  visitor: TreeVisitor<Folder>,
  { signal }: Abortable = {},
): Promise<void> {
  const levels: Level<Folder>[] = []
  const held = createHeldTrees(trees, { signal })
  const turns = createTurns()

  async function enter(folder: Folder, id: Buffer, pathBytes: number): Promise<void> {
    signal?.throwIfAborted()
    try {
      if (pathBytes > LONGEST_PATH) throw tooDeep()
      levels.push({ folder, tree: await held.enter([id]), pathBytes })
    } catch (error) {
      signal?.throwIfAborted()
      visitor.unreadable(folder, error)
      visitor.left?.(folder)
    }
  }

  function leave(): void {
    levels.pop()
    held.leave()
  }

  await enter(root, tree, 1)
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const { folder, pathBytes } = level
    let below: Folder | undefined
    let subtree: Buffer | undefined
    let nameBytes = 0
    try {
      const back = held.comeBack()
      if (back) await back
      const [reader] = level.tree.readers
      if (reader?.next()) {
        below = visitor.entry(reader, folder)
        if (below !== undefined) {
          subtree = reader.subtree
          nameBytes = reader.name.length
        }
      } else {
        leave()
        visitor.left?.(folder)
      }
    } catch (error) {
      signal?.throwIfAborted()
      leave()
      visitor.unreadable(folder, error)
      visitor.left?.(folder)
    }
    const pause = visitor.pause()
    if (pause) await pause
    const turn = turns()
    if (turn) await turn
    signal?.throwIfAborted()
    if (below !== undefined && subtree) await enter(below, subtree, pathBytes + nameBytes + 1)
  }
}
