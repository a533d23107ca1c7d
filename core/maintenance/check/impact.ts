import { type Abortable, CoreError } from '../../base/index.ts'
import { type BlobIndex, createTreeLoader, ID_BYTES, type Repository } from '../../repository/index.ts'
import { type StoredSnapshot, type TreeVisitor, walkTree } from '../../snapshot/index.ts'
import { faultOfNode, subtreeOf } from '../reading/node-fault.ts'
import type { ProgressMeter } from '../reading/progress.ts'
import { type BlobStates, FLAG } from './blob-states.ts'
import type { CheckPhase } from './check-phase.ts'

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

type Named = Omit<Affected, 'snapshot' | 'andMore'>

/** A folder on the way down. */
interface Folder {
  readonly path: Buffer
  /** Its tree in the index, or -1. */
  readonly entry: number
  readonly above: Folder | undefined
  /** Whether nothing of it, and of all below it, is lost as far as that was seen. */
  isWhole: boolean
}

export interface ImpactParts {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly states: BlobStates
  readonly meter: ProgressMeter<CheckPhase>
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
    const named = await namedIn(Buffer.from(tree, 'hex'))
    const andMore = named.length > MOST_NAMED
    for (const each of named.slice(0, MOST_NAMED)) onAffected({ snapshot, ...each, andMore })
    meter.add(1)
  }

  /** What is lost below a tree, until that is more than is told. */
  async function namedIn(root: Buffer): Promise<Named[]> {
    const named: Named[] = []

    function lose(folder: Folder, kind: Affected['kind'], path: Buffer): void {
      folder.isWhole = false
      named.push({ kind, path: path.length > 0 ? path : SLASH })
    }

    const visitor: TreeVisitor<Folder> = {
      entry(node, folder) {
        if (named.length > MOST_NAMED) {
          folder.isWhole = false
          return undefined
        }
        const path = (): Buffer => Buffer.concat([folder.path, SLASH, node.name])
        if (!node.isDir) {
          if (faultOfNode(node)?.loses === 'entry' || (node.isFile && !hasContent(node.content)))
            lose(folder, 'file', path())
          return undefined
        }
        const subtree = subtreeOf(node)
        if (!subtree) {
          lose(folder, 'folder', path())
          return undefined
        }
        const entry = index.find('tree', subtree)
        return isKnownWhole(entry) ? undefined : { path: path(), entry, above: folder, isWhole: true }
      },
      unreadable(folder, error) {
        if (!(error instanceof CoreError)) throw error
        lose(folder, 'folder', folder.path)
      },
      left({ isWhole, entry, above }) {
        if (!isWhole) {
          if (above) above.isWhole = false
        } else if (entry >= 0) flags[entry] = (flags[entry] ?? 0) | FLAG.whole
      },
      pause: () => undefined,
    }
    const entry = index.find('tree', root)
    const whole: Folder = { path: Buffer.alloc(0), entry, above: undefined, isWhole: true }
    if (!isKnownWhole(entry)) await walkTree(trees, root, whole, visitor, options)
    return named
  }

  function isKnownWhole(entry: number): boolean {
    return entry >= 0 && ((flags[entry] ?? 0) & FLAG.whole) !== 0
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
