import { type CoreError, type Abortable, systemClock } from '../../base/index.ts'
import { createIndexFilesWriter, type Repository } from '../../repository/index.ts'
import { readHeaders } from '../inventory/read-headers.ts'
import { removeFiles } from '../listing/remove-files.ts'
import { replaceIndexFiles } from '../listing/replace-index-files.ts'
import { createProgressMeter } from '../reading/progress.ts'
import type { IndexRepairPlan } from './plan-index.ts'
import type { RepairPhase, RepairProgress } from './repair-phase.ts'

export interface RepairIndexOptions extends Abortable {
  /** Called some times a second while headers are read. */
  readonly onProgress?: ((progress: RepairProgress) => void) | undefined
  /** A pack whose header cannot be read. What an index lists of it stays listed. */
  readonly onUnreadable: (pack: string, reason: string) => void
  /** A damaged index file that stays: it may be all that says what the packs hold whose headers cannot be read. */
  readonly onKept: (name: string) => void
  /** A damaged index file that could not be removed. */
  readonly onFailed: (name: string, error: CoreError) => void
}

/** What was done. */
export interface IndexRepaired {
  /** Packs that are listed anew, from their headers. */
  readonly packsListed: number
  /** Blobs in them. */
  readonly blobsListed: number
  readonly packsUnreadable: number
  readonly packsForgotten: number
  readonly indexFilesRemoved: number
}

/**
 * Carries out a plan, under the exclusive lock under which it was made. First what the headers say is listed in new index
 * files, then the old listings go: ended at any moment, nothing is listed that was not before, or is not there.
 * @throws CoreError `repository/lock-lost`, and what the storage fails with where files cannot be stored, or where it is gone
 * as a whole. What was listed then is listed still; the same again completes it.
 */
export async function repairIndex(
  repository: Repository,
  { inventory: { ledger }, unreadable, missing, toRead }: IndexRepairPlan,
  { onProgress, onUnreadable, onKept, onFailed, signal }: RepairIndexOptions,
): Promise<IndexRepaired> {
  const { storage } = repository
  const done = { packsListed: 0, blobsListed: 0, packsUnreadable: 0, indexFilesRemoved: 0 }
  const writer = createIndexFilesWriter(repository, { signal })
  const relisted = new Set<number>()
  const meter = createProgressMeter<RepairPhase>('headers', systemClock, onProgress)
  try {
    meter.begin('headers', toRead.length)
    for await (const { name, header } of readHeaders(repository, toRead, { signal })) {
      meter.add(1)
      if (typeof header === 'string') {
        done.packsUnreadable++
        onUnreadable(name, header)
        continue
      }
      const id = Buffer.from(name, 'hex')
      await writer.add({ id, blobs: header })
      relisted.add(ledger.find(id))
      done.packsListed++
      done.blobsListed += header.length
    }
  } finally {
    meter.stop()
  }
  const except = new Set(await writer.finish())
  const gone = new Set([...missing, ...relisted])
  await replaceIndexFiles(repository, {
    signal,
    except,
    listingOf: (id) => (gone.has(ledger.find(id)) ? { state: 'gone' } : undefined),
    onUnreadable: () => undefined,
  })
  if (done.packsUnreadable > 0) for (const name of unreadable) onKept(name)
  else {
    await removeFiles(storage, 'index', unreadable, {
      signal,
      onRemoved: () => done.indexFilesRemoved++,
      onFailed,
    })
  }
  return { ...done, packsForgotten: missing.length }
}
