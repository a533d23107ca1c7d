import { type Abortable, CoreError, createTurns } from '../base/index.ts'
import type { TreeLoader } from '../repository/index.ts'
import type { RestoreSelection } from '../selection/index.ts'
import { LONGEST_PATH, tooDeep, TreeReader } from '../snapshot/index.ts'

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

/** Walks a snapshot's trees, depth first. */
export async function walkSnapshot(
  trees: TreeLoader,
  root: Buffer,
  selection: RestoreSelection,
  visitor: RestoreVisitor,
  { signal }: Abortable = {},
): Promise<void> {
  const turns = createTurns()
  const pending: Folder[] = [{ path: Buffer.alloc(0), tree: root, node: undefined, selected: false }]

  async function open({ path, tree }: Folder): Promise<TreeReader | undefined> {
    try {
      return new TreeReader(await trees.load(tree, { signal }), `Tree ${tree.toString('hex')}`)
    } catch (error) {
      signal?.throwIfAborted()
      visitor.unreadable(path, error)
      return undefined
    }
  }

  function next(reader: TreeReader | undefined, { path }: Folder): reader is TreeReader {
    try {
      return reader?.next() ?? false
    } catch (error) {
      visitor.unreadable(path, error)
      return false
    }
  }

  /** Gives an entry to the visitor, or a folder that is to be walked later back. */
  function take(reader: TreeReader, path: Buffer, isTaken: boolean): Folder | undefined {
    if (!reader.isDir) {
      if (isTaken) visitor.entry(reader)
      return undefined
    }
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

  for (let folder = pending.pop(); folder; folder = pending.pop()) {
    signal?.throwIfAborted()
    const { path, node, selected } = folder
    visitor.folder(path, node, selected)
    const deeper: Folder[] = []
    const isSelected = selection.inFolder(`/${path.toString('latin1')}`)
    const reader = await open(folder)
    while (next(reader, folder)) {
      const found = take(reader, path, isSelected(reader.name.toString('latin1')))
      if (found) deeper.push(found)
      if (visitor.isFull) await visitor.pause()
      const turn = turns()
      if (turn) await turn
      signal?.throwIfAborted()
    }
    const turn = turns()
    if (turn) await turn
    // A folder may have more folders in it than a call may have arguments.
    for (const each of deeper.toReversed()) pending.push(each)
    if (visitor.isFull) await visitor.pause()
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
