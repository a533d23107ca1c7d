import { type Abortable, createTurns } from '../../../base/index.ts'
import type { BlobIndex, TreeLoader } from '../../../repository/index.ts'
import { LONGEST_PATH, tooDeep, TreeReader } from '../../../snapshot/index.ts'
import type { OnUnreadable, StatsCounter } from './stats-counter.ts'

interface Measure {
  entries: number
  bytes: bigint
  /** Without files that have several names. */
  unlinkedBytes: bigint
  /** What is in it depends on what else was counted in the same snapshot. */
  hasHardLinks: boolean
}

/** A snapshot that is being counted. */
interface Count extends Abortable {
  /** The inodes that were counted, of files with several names. */
  readonly linked: Set<string>
  /** The folders with such files that were counted, by their trees' entries. */
  readonly met: Map<number, Measure>
}

/**
 * What restoring each snapshot would write. A folder without hard links is counted once, however many snapshots have it:
 * the tenth snapshot of the same data costs next to nothing. One with hard links is counted once a snapshot: when it
 * comes again, all its inodes were counted.
 */
export function countRestoreSize(trees: TreeLoader, index: BlobIndex, onUnreadable: OnUnreadable): StatsCounter {
  const known = new Map<number, Measure>()
  const turns = createTurns()
  let files = 0
  let size = 0n
  let seen = 0

  async function measure(id: Buffer, depth: number, count: Count): Promise<Measure> {
    const entry = index.find('tree', id)
    const before = entry < 0 ? undefined : (known.get(entry) ?? count.met.get(entry))
    if (before) return before
    const turn = turns()
    if (turn) await turn
    count.signal?.throwIfAborted()
    const sum: Measure = { entries: 0, bytes: 0n, unlinkedBytes: 0n, hasHardLinks: false }
    const name = `Tree ${id.toString('hex')}`
    try {
      if (depth > DEEPEST) throw tooDeep()
      const subtrees = readFolder(await trees.load(id, count), name, sum, count.linked)
      seen += sum.entries
      for (const subtree of subtrees) {
        const below = await measure(subtree, depth + 1, count)
        sum.entries += below.entries
        sum.bytes += below.bytes
        sum.unlinkedBytes += below.unlinkedBytes
        sum.hasHardLinks ||= below.hasHardLinks
      }
    } catch (error) {
      count.signal?.throwIfAborted()
      onUnreadable(name, error)
    }
    if (sum.hasHardLinks) count.met.set(entry, { ...sum, bytes: sum.unlinkedBytes })
    else known.set(entry, sum)
    return sum
  }

  return {
    async add(tree, { signal }) {
      const { entries, bytes } = await measure(tree, 0, { linked: new Set(), met: new Map(), signal })
      files += entries
      size += bytes
    },
    get seen() {
      return seen
    },
    get totals() {
      return { size, files }
    },
  }
}

/** Each folder on the way down is held; a path of more folders is too long. */
const DEEPEST = LONGEST_PATH / 2

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
    } else sum.unlinkedBytes += reader.size
    sum.bytes += reader.size
  }
  return subtrees
}
