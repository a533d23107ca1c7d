import { type Abortable, CoreError, inParallel, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { CachedFile } from '../journal/cached-file.ts'
import { JOURNALLED_KINDS } from '../journal/file-state.ts'
import type { Journal } from '../journal/journal.ts'
import { findForeign, type Foreign } from '../sync/foreign.ts'
import { hurtPoints, type HurtPoint } from './hurt-points.ts'
import { SeenFiles } from './seen-files.ts'

export interface AuditOptions extends Abortable {
  readonly journal: Journal
  readonly cloud: Storage
  /** Told of each file that the cloud lists. */
  readonly onListed?: (() => void) | undefined
}

/** What the cloud has, held against what it should have. */
export interface AuditReport {
  /** Files that it should have, and has. */
  readonly there: number
  /** It had them and has them no more, and the cache has them: they are to be sent again. */
  readonly toSend: readonly CachedFile[]
  /** It alone had them. The cache has forgotten them, so that nothing refers to them any more. */
  readonly lost: readonly CachedFile[]
  /** Recovery points that need something of these, as far as anybody has looked what they need. */
  readonly hurt: readonly HurtPoint[]
  /** Locks and snapshots that are not of this cache. */
  readonly foreign: readonly Foreign[]
}

/**
 * Lists the cloud and holds it against the journal. What seems to be missing is asked for once more by its name: it may have
 * come, or been removed by the sync, since the list went by. Sync, backups and restores may go on meanwhile.
 *
 * @throws CoreError `storage/unreachable` where the repository as a whole is not there: then nothing is changed.
 */
export async function auditCloud({ journal, cloud, onListed, signal }: AuditOptions): Promise<AuditReport> {
  const seen = new SeenFiles()
  for (const kind of JOURNALLED_KINDS) {
    for await (const { name, size } of cloud.list(kind, { signal })) {
      const file = journal.files.find({ kind, name })
      if (file?.size === size) seen.add(file.id)
      onListed?.()
    }
  }
  const absent: CachedFile[] = []
  let there = 0
  for (const state of ['verified', 'evicted'] as const)
    for (const file of journal.files.inState(state)) {
      if (seen.has(file.id)) there++
      else absent.push(file)
    }
  const gone: CachedFile[] = []
  await inParallel(absent, cloud.connections, async (file) => {
    signal?.throwIfAborted()
    if (await hasIt(cloud, file, { signal })) there++
    else gone.push(file)
  })
  if (gone.some(({ kind }) => kind === 'config')) throw noRepository(cloud.location)
  // What each point needs is known by numbers, which go with what is forgotten.
  const hurt = hurtPoints(journal, gone)
  const toSend: CachedFile[] = []
  const lost: CachedFile[] = []
  for (const file of gone) {
    const fate = journal.lostInCloud(file)
    if (fate === 'to-send') toSend.push(file)
    else if (fate === 'lost') lost.push(file)
  }
  return { there, toSend, lost, hurt, foreign: await findForeign(journal, cloud, { signal }) }
}

async function hasIt(cloud: Storage, { kind, name, size }: CachedFile, options: Abortable): Promise<boolean> {
  try {
    return (await cloud.stat({ kind, name }, options)).size === size
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return false
    throw error
  }
}

function noRepository(location: string): CoreError {
  return new CoreError('storage/unreachable', `There is no repository in ${location} any more`, {
    safety: 'Nothing was changed. What the cache holds is unharmed.',
    remedy:
      'Is the storage mounted, and is it the right one? If all of it is lost, say that the cache is to be detached, and back up to another vault.',
    context: { location },
  })
}
