import { TreeReader, TreeWriter } from '../../snapshot/index.ts'
import type { NodeChange } from './rewriting.ts'
import type { Weight } from './tree-weight.ts'

/** What becomes of a node. */
export type WrittenChange = NodeChange | { readonly type: 'subtree'; readonly subtree: Buffer }

export interface ChangedTree {
  readonly plain: Buffer
  /** Of the folder itself. */
  readonly less: Weight
}

/** Writes a tree anew. `changes` are by the places of nodes in it; all others stay byte for byte. */
export function changedTree(before: Buffer, changes: ReadonlyMap<number, WrittenChange>): ChangedTree {
  const writer = new TreeWriter()
  const nodes = new TreeReader(before, 'Tree')
  let files = 0
  let bytes = 0n
  for (let at = 0; nodes.next(); at++) {
    const change = changes.get(at)
    switch (change?.type) {
      case 'drop':
        if (nodes.isFile) files++
        bytes += nodes.size
        break
      case 'content':
        bytes += nodes.size - change.size
        writer.add({ ...nodes.node(), content: change.content, size: change.size })
        break
      case 'subtree':
        writer.add({ ...nodes.node(), subtree: change.subtree })
        break
      case undefined:
        writer.addRaw(nodes.name, before, nodes.rawStart, nodes.rawEnd)
    }
  }
  return { plain: writer.finish(), less: { files, bytes } }
}
