import type { Abortable } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import type { CheckPhase } from '../check/check-phase.ts'
import { check } from '../check/check.ts'
import type { FindingKind } from '../check/finding.ts'
import type { Progress } from '../reading/progress.ts'

/** As those of a check. That packs are read is not called as it is that something of them is saved. */
export type FindDamagedPhase = Exclude<CheckPhase, 'packs'> | 'read'

export interface FindDamagedPacksOptions extends Abortable {
  readonly workers: number
  /** Called some times a second. */
  readonly onProgress?: ((progress: Progress<FindDamagedPhase>) => void) | undefined
}

/** What a check says of packs that are worth saving something of. A pack that is not there has nothing to be saved. */
const WORTH_SAVING: ReadonlySet<FindingKind> = new Set([
  'pack-damaged',
  'pack-header',
  'pack-size',
  'index-contradiction',
])

export interface DamagedPacks {
  /** Ids of those that an index lists, or that wait and are needed again, and that `repairPacks` can save something of. */
  readonly damaged: readonly string[]
  /** Those that the storage did not hand out, with what it said: nobody knows whether they are whole. */
  readonly unread: readonly UnreadPack[]
}

export interface UnreadPack {
  readonly name: string
  /** A sentence that names it. */
  readonly message: string
}

/** Reads all packs. */
export async function findDamagedPacks(
  repository: Repository,
  { workers, onProgress, signal }: FindDamagedPacksOptions,
): Promise<DamagedPacks> {
  const damaged = new Set<string>()
  const unread = new Map<string, string>()
  await check(repository, {
    read: { type: 'all' },
    workers,
    signal,
    onFinding({ kind, object, message }) {
      if (WORTH_SAVING.has(kind)) damaged.add(object.name)
      else if (kind === 'pack-unreadable') unread.set(object.name, message)
    },
    onProgress: (progress) =>
      onProgress?.({ ...progress, phase: progress.phase === 'packs' ? 'read' : progress.phase }),
  })
  return {
    damaged: [...damaged].filter((name) => !unread.has(name)),
    unread: Array.from(unread, ([name, message]) => ({ name, message })),
  }
}
