import type { Abortable } from '../base/index.ts'
import type { TreeLoader } from '../repository/index.ts'
import { TreeReader } from '../snapshot/index.ts'
import type { RestoreSelection } from '../source/index.ts'
import { readNode } from './node-metadata.ts'

/** What a walk meets, folder by folder, entries in the order of their names. */
export interface RestoreVisitor {
  /** A folder that is restored, or leads to something that is. `node` stands on it; undefined for the root. */
  folder(path: Buffer, node: TreeReader | undefined, selected: boolean): void
  /** An entry of the last folder entered that is not a folder, and is selected. */
  entry(node: TreeReader): void
  /** Called between folders: the walk goes on when it resolves. */
  pause(): Promise<void>
  /** A folder whose tree cannot be read. */
  unreadable(path: Buffer, error: unknown): void
}

/** Walks a snapshot's trees, depth first. */
export async function walkSnapshot(
  trees: TreeLoader,
  root: Buffer,
  selection: RestoreSelection,
  visitor: RestoreVisitor,
  options: Abortable = {},
): Promise<void> {
  const pending: { path: Buffer; tree: Buffer; node: Buffer | undefined; selected: boolean }[] = [
    { path: Buffer.alloc(0), tree: root, node: undefined, selected: false },
  ]
  for (let next = pending.pop(); next; next = pending.pop()) {
    options.signal?.throwIfAborted()
    const { path, tree, node, selected } = next
    visitor.folder(path, node && readNode(node), selected)
    const deeper: typeof pending = []
    try {
      const reader = new TreeReader(await trees.load(tree, options), `Tree ${tree.toString('hex')}`)
      // Patterns see paths that begin with a slash.
      const isSelected = selection.inFolder(`/${path.toString('latin1')}`)
      while (reader.next()) {
        const name = reader.name
        const taken = isSelected(name.toString('latin1'))
        const subtree = reader.subtree
        if (!subtree) {
          if (taken) visitor.entry(reader)
          continue
        }
        const below = path.length > 0 ? Buffer.concat([path, SLASH, name]) : Buffer.from(name)
        if (taken || selection.entersFolder(`/${below.toString('latin1')}`)) {
          deeper.push({ path: below, tree: subtree, node: Buffer.from(reader.raw), selected: taken })
        }
      }
    } catch (error) {
      options.signal?.throwIfAborted()
      visitor.unreadable(path, error)
    }
    // A folder may have more folders in it than a call may have arguments.
    for (const folder of deeper.toReversed()) pending.push(folder)
    await visitor.pause()
  }
}

const SLASH = Buffer.from('/')
