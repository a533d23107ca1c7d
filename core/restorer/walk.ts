import { type Abortable, CoreError, createTurns } from '../base/index.ts'
import type { TreeLoader } from '../repository/index.ts'
import type { ComponentTest, RestoreSelection } from '../selection/index.ts'
import { createHeldTrees, type HeldLevel, LONGEST_PATH, tooDeep, type TreeReader } from '../snapshot/index.ts'

/** What a walk meets, folder by folder, entries in the order of their names. */
export interface RestoreVisitor {
  /** A folder that is selected, or leads to something that is. `node` is encoded; undefined for the root. */
  folder(path: Buffer, node: Buffer | undefined, isSelected: boolean): void
  /** An entry of the last folder entered that is not a folder, and is selected. */
  entry(node: TreeReader): void
  /** Whether it wants the walk to pause; asked after each entry and each folder. */
  readonly isFull: boolean
  /** The walk goes on when it resolves, and fails when it fails. */
  pause(): Promise<void>
  /** A folder whose tree cannot be read to its end, or an entry that makes no sense. */
  unreadable(path: Buffer, error: unknown): void
}

interface Folder {
  readonly path: Buffer
  readonly tree: Buffer
  /** Encoded. Undefined for the root. */
  readonly node: Buffer | undefined
  readonly selected: boolean
}

/** A folder of which the folders in it are being walked. */
interface Level {
  readonly path: Buffer
  readonly tree: HeldLevel
  readonly isSelected: ComponentTest
  /** Where the node of the last folder in it begins. */
  readonly lastFolder: number
  /** The reader stands on a folder that was not walked yet. */
  isFresh: boolean
}

/**
 * Walks a snapshot's trees, depth first. Of the folders on the way down the trees are held in memory, in bounds
 * (`createHeldTrees`): each is gone through for its entries first, and again for the folders in it.
 */
export async function walkSnapshot(
  trees: TreeLoader,
  root: Buffer,
  selection: RestoreSelection,
  visitor: RestoreVisitor,
  { signal }: Abortable = {},
): Promise<void> {
  const turns = createTurns()
  const held = createHeldTrees(trees, { signal })
  const levels: Level[] = []

  /** Between entries. What it returns is to be awaited. */
  const breathe = (): Promise<void> | undefined => (visitor.isFull ? visitor.pause() : turns())

  function next(reader: TreeReader, path: Buffer): boolean {
    try {
      return reader.next()
    } catch (error) {
      visitor.unreadable(path, error)
      return false
    }
  }

  async function open(path: Buffer, id: Buffer): Promise<HeldLevel | undefined> {
    try {
      return await held.enter([id])
    } catch (error) {
      signal?.throwIfAborted()
      visitor.unreadable(path, error)
      return undefined
    }
  }

  /** Gives entries to the visitor. Returns where the nodes of the first and the last folder begin, 0 where there is none. */
  async function meet(
    reader: TreeReader,
    path: Buffer,
    isSelected: ComponentTest,
  ): Promise<{ readonly first: number; readonly last: number }> {
    let first = 0
    let last = 0
    while (next(reader, path)) {
      if (reader.isDir) {
        first ||= reader.rawStart
        last = reader.rawStart
      } else if (isSelected(reader.name.toString('latin1'))) visitor.entry(reader)
      const pause = breathe()
      if (pause) await pause
      signal?.throwIfAborted()
    }
    return { first, last }
  }

  async function enter({ path, tree: id, node, selected }: Folder): Promise<void> {
    signal?.throwIfAborted()
    visitor.folder(path, node, selected)
    const isSelected = selection.inFolder(`/${path.toString('latin1')}`)
    const tree = await open(path, id)
    const [reader] = tree?.readers ?? []
    const folders = reader && (await meet(reader, path, isSelected))
    const pause = breathe()
    if (pause) await pause
    if (tree && reader && folders && folders.last > 0) {
      reader.goTo(folders.first)
      levels.push({ path, tree, isSelected, lastFolder: folders.last, isFresh: true })
    } else if (tree) held.leave()
  }

  /** The folder that the reader stands on, where it is to be walked. */
  function take(reader: TreeReader, { path, isSelected }: Level): Folder | undefined {
    if (!reader.isDir) return undefined
    const isTaken = isSelected(reader.name.toString('latin1'))
    const below = join(path, reader.name)
    // Patterns see paths that begin with a slash.
    if (!isTaken && !selection.entersFolder(`/${below.toString('latin1')}`)) return undefined
    try {
      return { path: below, tree: treeOf(reader, below), node: Buffer.from(reader.raw), selected: isTaken }
    } catch (error) {
      visitor.unreadable(below, error)
      return undefined
    }
  }

  /** Goes to the next folder of a level, or ends the level. */
  async function goOn(level: Level): Promise<Folder | undefined> {
    try {
      const back = held.comeBack()
      if (back) await back
      const [reader] = level.tree.readers
      const isThere = level.isFresh || (reader && reader.rawStart < level.lastFolder && reader.next())
      level.isFresh = false
      if (reader && isThere) return take(reader, level)
    } catch (error) {
      signal?.throwIfAborted()
      visitor.unreadable(level.path, error)
    }
    levels.pop()
    held.leave()
    return undefined
  }

  await enter({ path: Buffer.alloc(0), tree: root, node: undefined, selected: false })
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const below = await goOn(level)
    if (below) await enter(below)
    const turn = turns()
    if (turn) await turn
    signal?.throwIfAborted()
  }
}

function treeOf({ subtree }: TreeReader, path: Buffer): Buffer {
  if (!subtree) {
    throw new CoreError('repository/damaged', 'it is a folder, and the snapshot does not say what is in it')
  }
  if (path.length > LONGEST_PATH) throw tooDeep()
  return subtree
}

const SLASH = Buffer.from('/')

function join(path: Buffer, name: Buffer): Buffer {
  return path.length > 0 ? Buffer.concat([path, SLASH, name]) : Buffer.from(name)
}
