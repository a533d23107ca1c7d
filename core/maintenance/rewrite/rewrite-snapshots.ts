import { type Abortable, systemClock } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import { loadSnapshots, type StoredSnapshot } from '../../snapshot/index.ts'
import { createProgressMeter } from '../reading/progress.ts'
import { discardMissing, saveMissing } from './missing-saver.ts'
import type { RewritePhase, RewriteProgress } from './rewrite-phase.ts'
import { saveRewritten } from './rewrite-snapshot.ts'
import type { Rewriting } from './rewriting.ts'
import type { StoredBlobs } from './stored-blobs.ts'
import { createTreeRewriter, type RewrittenTree } from './tree-rewriter.ts'

export interface RewriteSnapshotsOptions extends Abortable {
  readonly rewriting: Rewriting
  /** The tag that a snapshot gets that is made anew. */
  readonly tag: string
  /** Stores nothing: for whoever wants to know what would change. */
  readonly dryRun: boolean
  /** Called some times a second while the snapshots are gone through, and once when that is done. */
  readonly onProgress?: ((progress: RewriteProgress) => void) | undefined
}

/** What became of a snapshot. */
export interface RewrittenSnapshot {
  readonly snapshot: StoredSnapshot
  /** `lost`: not even its root can be read. */
  readonly state: 'same' | 'changed' | 'lost'
  /** The id of the new one; undefined unless it was changed, and in a dry run. */
  readonly renewed: string | undefined
}

/**
 * Makes snapshots anew by a rule. The old ones stay: whoever has what he wants removes them. Throws `repository/damaged`,
 * `repository/not-in-repository` or `repository/unsupported` for what the rule does not provide for.
 */
export async function rewriteSnapshots(
  repository: Repository,
  blobs: StoredBlobs,
  snapshots: readonly StoredSnapshot[],
  { rewriting, tag, dryRun, onProgress, signal }: RewriteSnapshotsOptions,
): Promise<RewrittenSnapshot[]> {
  const saver = dryRun ? discardMissing() : saveMissing(repository, blobs, { signal })
  const meter = createProgressMeter<RewritePhase>('snapshots', systemClock, onProgress)
  const onFolder = (): void => meter.addFolder()
  const rewriter = createTreeRewriter(repository, blobs.index, { rewriting, save: saver.save, onFolder, signal })
  const made: { readonly snapshot: StoredSnapshot; readonly tree: RewrittenTree | undefined }[] = []
  try {
    meter.begin('snapshots', snapshots.length)
    for (const snapshot of snapshots) {
      const tree = await rewriter.rewrite(Buffer.from(snapshot.tree, 'hex'), `Snapshot ${snapshot.id.slice(0, 8)}`)
      made.push({ snapshot, tree })
      meter.add(1)
    }
  } finally {
    meter.stop()
  }
  await saver.finish()
  // A run that was ended, or one that kept the old ones, has made some of them already.
  const there = await loadSnapshots(repository, { onUnreadable: () => undefined, signal })
  const done: RewrittenSnapshot[] = []
  for (const { snapshot, tree } of made) {
    if (!tree) done.push({ snapshot, state: 'lost', renewed: undefined })
    else if (tree.id.toString('hex') === snapshot.tree) done.push({ snapshot, state: 'same', renewed: undefined })
    else {
      const before = there.find((other) => isMadeFrom(other, snapshot, tree, tag))?.id
      const renewed = dryRun
        ? undefined
        : (before ?? (await saveRewritten(repository, snapshot.id, tree, tag, { signal })))
      done.push({ snapshot, state: 'changed', renewed })
    }
  }
  return done
}

/** Whether a snapshot is what would be made of another one. */
function isMadeFrom(other: StoredSnapshot, snapshot: StoredSnapshot, { id }: RewrittenTree, tag: string): boolean {
  return (
    other.original === (snapshot.original ?? snapshot.id) &&
    other.id !== snapshot.id &&
    other.tree === id.toString('hex') &&
    other.time.ns === snapshot.time.ns &&
    other.tags.includes(tag)
  )
}
