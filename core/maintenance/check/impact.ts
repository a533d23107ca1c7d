import { type Abortable, CoreError } from '../../base/index.ts'
import { type BlobIndex, createTreeLoader, ID_BYTES, type Repository } from '../../repository/index.ts'
import { type StoredSnapshot, TreeReader } from '../../snapshot/index.ts'
import { type BlobStates, FLAG } from './blob-states.ts'
import type { ProgressMeter } from './progress.ts'

/** Something in a snapshot that cannot be restored whole. */
export interface Affected {
  /** Full id. */
  readonly snapshot: string
  /** From the root of the snapshot, with a leading slash; raw bytes. */
  readonly path: Buffer
  /** `folder`: nothing below it is known. */
  readonly kind: 'file' | 'folder'
  /** There are more in this snapshot, which are not told. */
  readonly andMore: boolean
}

/** Named for each snapshot. Whoever misses more than this has the whole snapshot to look at. */
const MOST_NAMED = 100

export interface ImpactParts {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly states: BlobStates
  readonly meter: ProgressMeter
  readonly onAffected: (affected: Affected) => void
}

/** Walks the snapshots again, now that it is known what is lost, and names what that takes from each. */
export async function tellImpact(
  snapshots: readonly StoredSnapshot[],
  parts: ImpactParts,
  options: Abortable,
): Promise<void> {
  const { repository, index, states, meter, onAffected } = parts
  const flags = new Uint8Array(states.flags)
  const trees = createTreeLoader(repository, index)
  meter.begin('impact', snapshots.length)

  for (const { id: snapshot, tree } of snapshots) {
    const named: Omit<Affected, 'snapshot' | 'andMore'>[] = []
    await walk(Buffer.from(tree, 'hex'), Buffer.alloc(0), named)
    const andMore = named.length > MOST_NAMED
    for (const each of named.slice(0, MOST_NAMED)) onAffected({ snapshot, ...each, andMore })
    meter.add(1)
  }

  /** Whether the tree and all below it are whole. What is not is added to `named`, until there are too many. */
  async function walk(id: Buffer, path: Buffer, named: Omit<Affected, 'snapshot' | 'andMore'>[]): Promise<boolean> {
    options.signal?.throwIfAborted()
    const entry = index.find('tree', id)
    if (entry >= 0 && ((flags[entry] ?? 0) & FLAG.whole) !== 0) return true
    const deeper: { readonly tree: Buffer; readonly path: Buffer }[] = []
    let isWhole = true
    function lose(kind: Affected['kind'], lost: Buffer): void {
      isWhole = false
      named.push({ kind, path: lost.length > 0 ? lost : SLASH })
    }
    try {
      const nodes = new TreeReader(await trees.load(id, options), 'Tree')
      while (named.length <= MOST_NAMED && nodes.next()) {
        const below = Buffer.concat([path, SLASH, nodes.name])
        if (nodes.subtree) deeper.push({ tree: nodes.subtree, path: below })
        else if (nodes.type === 'dir') lose('folder', below)
        else if (nodes.type === 'file' && !hasContent(nodes.content)) lose('file', below)
      }
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!(error instanceof CoreError)) throw error
      lose('folder', path)
    }
    for (const each of deeper) {
      if (named.length > MOST_NAMED) return false
      if (!(await walk(each.tree, each.path, named))) isWhole = false
    }
    if (isWhole && entry >= 0) flags[entry] = (flags[entry] ?? 0) | FLAG.whole
    return isWhole
  }

  function hasContent(content: Buffer | null): boolean {
    if (!content) return false
    for (let at = 0; at < content.length; at += ID_BYTES) {
      const entry = index.find('data', content.subarray(at, at + ID_BYTES))
      if (entry < 0 || states.isLost(entry)) return false
    }
    return true
  }
}

const SLASH = Buffer.from('/')
