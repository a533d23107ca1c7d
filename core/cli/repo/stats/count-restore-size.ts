import type { Abortable } from '../../../base/index.ts'
import type { BlobIndex, TreeLoader } from '../../../repository/index.ts'
import { TreeReader } from '../../../snapshot/index.ts'
import type { OnUnreadable, StatsCounter } from './stats-counter.ts'

interface Measure {
  entries: number
  bytes: bigint
  /** What is in it depends on what else was counted in the same snapshot. */
  hasHardLinks: boolean
}

/**
 * What restoring each snapshot would write. A folder without hard links is counted once, however many snapshots have it:
 * the tenth snapshot of the same data costs next to nothing.
 */
export function countRestoreSize(trees: TreeLoader, index: BlobIndex, onUnreadable: OnUnreadable): StatsCounter {
  const known = new Map<number, Measure>()
  let files = 0
  let size = 0n

  async function measure(id: Buffer, linked: Set<string>, options: Abortable): Promise<Measure> {
    const entry = index.find('tree', id)
    const before = known.get(entry)
    if (before && entry >= 0) return before
    options.signal?.throwIfAborted()
    const sum: Measure = { entries: 0, bytes: 0n, hasHardLinks: false }
    const name = `Tree ${id.toString('hex')}`
    try {
      for (const subtree of readFolder(await trees.load(id, options), name, sum, linked)) {
        const below = await measure(subtree, linked, options)
        sum.entries += below.entries
        sum.bytes += below.bytes
        sum.hasHardLinks ||= below.hasHardLinks
      }
    } catch (error) {
      options.signal?.throwIfAborted()
      onUnreadable(name, error)
    }
    if (!sum.hasHardLinks) known.set(entry, sum)
    return sum
  }

  return {
    async add(tree, options) {
      const { entries, bytes } = await measure(tree, new Set(), options)
      files += entries
      size += bytes
    },
    get totals() {
      return { size, files }
    },
  }
}

/** Adds the entries of one folder to `sum`, and returns the folders in it. `linked` are the inodes that were counted. */
function readFolder(bytes: Buffer, name: string, sum: Measure, linked: Set<string>): Buffer[] {
  const reader = new TreeReader(bytes, name)
  const subtrees: Buffer[] = []
  while (reader.next()) {
    sum.entries++
    const { subtree } = reader
    if (subtree) subtrees.push(subtree)
    if (reader.links > 1n && reader.inode !== 0n && reader.type === 'file') {
      sum.hasHardLinks = true
      const inode = `${reader.deviceId}/${reader.inode}`
      if (linked.has(inode)) continue
      linked.add(inode)
    }
    sum.bytes += reader.size
  }
  return subtrees
}
