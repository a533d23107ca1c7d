import { reasonOf } from '../../base/index.ts'
import type { TreeReader } from '../../snapshot/index.ts'
import { isDamage } from './tree-opener.ts'

/** What is wrong with an entry itself, whatever is there of what it names. */
export interface NodeFault {
  /** Goes on after what the entry is called. */
  readonly what: string
  /** What a restore loses by it: of a folder no more than its own times and attributes. */
  readonly loses: 'entry' | 'metadata' | 'nothing'
}

export function faultOfNode(node: TreeReader): NodeFault | undefined {
  const loses = node.isDir ? 'metadata' : 'entry'
  const unreadable = failureOf(() => node.type) ?? failureOf(() => node.assertRestorable())
  if (unreadable !== undefined) return { what: unreadable, loses }
  const { type } = node
  // No backup stores one, and restic takes it for damage, too.
  if (type === 'irregular') return { what: 'is of a type that cannot be restored', loses }
  if (type === 'symlink' && !node.linkTarget?.length)
    return { what: 'is a link that does not say where it leads', loses }
  // Of no use to a restore; restic reads nothing of a folder in which one is damaged.
  const unused = failureOf(() => node.ctime)
  return unused === undefined ? undefined : { what: unused, loses: 'nothing' }
}

/** The id of a folder's tree, or undefined where it has none that could be one. */
export function subtreeOf(node: TreeReader): Buffer | undefined {
  try {
    return node.subtree
  } catch (error) {
    if (!isDamage(error)) throw error
    return undefined
  }
}

function failureOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (!isDamage(error)) throw error
    return `cannot be read: ${reasonOf(error)}`
  }
}
