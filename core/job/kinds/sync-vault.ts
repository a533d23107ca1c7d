import { type Clock, CoreError, formatBytes, formatCounted, sleep, systemClock } from '../../base/index.ts'
import {
  type Appliance,
  Lease,
  openCacheFolder,
  type OpenedCache,
  syncCache,
  type SyncResult,
} from '../../cloud-cache/index.ts'
import { openDirectoryStorage, openS3Storage, type Storage, TokenBucket, withThrottle } from '../../storage/index.ts'
import { openOwnerNote, type VaultPlace } from '../../vault/index.ts'
import type { SyncOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { foreignWriter } from './foreign-writer.ts'
import { syncProgress } from './sync-progress.ts'

/** Nothing went wrong: nothing may be sent any more. */
class WindowClosed extends Error {
  override readonly name = 'WindowClosed'
}

/** How often it is looked whether anything may be sent still. Milliseconds. */
const LOOK_EVERY = 500
/** Where the cloud fails so often, and nothing was sent in between, the run has failed. */
const MOST_FAILURES = 6
const FIRST_DELAY = 1000

/** Brings what the cache of a vault holds to the cloud, as fast as it may, until all of it is there or nothing may be sent. */
export async function syncVault(order: SyncOrder, context: RunContext): Promise<Outcome> {
  const { vault, appliance } = order
  if (vault.cache === undefined) throw noCache(vault.name)
  using cache = await openCacheFolder(vault.cache)
  return await context.step('sync', () => bringAway(cache, { place: vault.place, appliance }, context))
}

/** As `syncVault`, of a cache that is open. Also says what is left where it was stopped by its window. */
export async function bringAway(
  cache: OpenedCache,
  { place, appliance }: { readonly place: VaultPlace; readonly appliance: Appliance },
  context: RunContext,
): Promise<Outcome> {
  using closing = watchWindow(context)
  const signal = AbortSignal.any([context.signal, closing.signal])
  using cloud = openCloud(place, context)
  using note = openOwnerNote(place)
  const lease = new Lease({ note, journal: cache.journal, appliance })
  const progress = syncProgress(cache.journal, context)
  const sent = { files: 0, bytes: 0, deletions: 0 }
  for (let failures = 0; ; failures++) {
    const before = { ...sent }
    try {
      const result = await syncCache({
        ...cache,
        cloud: cloud.storage,
        lease,
        signal,
        onProgress({ files, bytes, deletions }) {
          sent.files = before.files + files
          sent.bytes = before.bytes + bytes
          sent.deletions = before.deletions + deletions
          progress(sent)
        },
        onDamaged: (_file, error) =>
          context.log({ level: 'error', code: 'cannot-be-sent', message: [error.message, error.remedy].join(' ') }),
      })
      return outcomeOf(result, sent)
    } catch (error) {
      context.signal.throwIfAborted()
      if (closing.signal.aborted) return closedOutcome(cache, sent)
      if (sent.files > before.files || sent.deletions > before.deletions) failures = 0
      if (!(error instanceof CoreError) || !error.retryable || failures + 1 >= MOST_FAILURES) throw error
      context.log({ level: 'info', code: 'cloud-failed', message: `${error.message}. It is tried again.` })
      await sleep(FIRST_DELAY * 2 ** failures, { signal }).catch(() => undefined)
    }
  }
}

/** Aborted when nothing may be sent any more. */
function watchWindow({ bandwidth }: RunContext): { readonly signal: AbortSignal } & Disposable {
  const closing = new AbortController()
  const look = (): void => {
    if (bandwidth.bytesPerSecond === 0) closing.abort(new WindowClosed())
  }
  const timer = setInterval(look, LOOK_EVERY)
  look()
  return { signal: closing.signal, [Symbol.dispose]: () => clearInterval(timer) }
}

/** Asked once for each thing: what fails is looked after by the sync itself. */
function openCloud(
  place: VaultPlace,
  { bandwidth }: RunContext,
  clock: Clock = systemClock,
): { readonly storage: Storage } & Disposable {
  if (place.kind === 'directory') {
    const storage = withThrottle(openDirectoryStorage(place.path), bandwidth, clock)
    return { storage, [Symbol.dispose]: () => undefined }
  }
  const bucket = openS3Storage(place, place.credentials, { uploads: new TokenBucket(bandwidth, clock) })
  return { storage: bucket, [Symbol.dispose]: () => bucket[Symbol.dispose]() }
}

type Sent = Pick<SyncResult, 'files' | 'bytes' | 'deletions'>

function figuresOf({ files, bytes, deletions }: Sent): Outcome['figures'] {
  return { filesSent: files, bytesSent: bytes, filesDeleted: deletions }
}

function outcomeOf({ damaged, foreign }: SyncResult, sent: Sent): Outcome {
  const figures = { ...figuresOf(sent), filesUnsent: damaged.length, filesForeign: foreign.length }
  if (damaged.length > 0) {
    return {
      ending: 'failed',
      figures,
      cause: {
        code: 'cannot-be-sent',
        text: `${formatCounted(damaged.length, 'file')} of the cache cannot be sent: their only copy is damaged. Recovery points that need them do not come into the cloud.`,
        remedy: 'Look for a failing disk of the cache. Then check the vault, which tells what needed them.',
      },
    }
  }
  if (foreign.length > 0) return { ending: 'warning', figures, cause: foreignWriter(foreign.length) }
  return { ending: 'done', figures, cause: { code: 'synced', text: syncedText(sent) } }
}

function syncedText({ files, bytes, deletions }: Sent): string {
  if (files === 0 && deletions === 0) return 'Everything is in the cloud: there was nothing to send.'
  return `Everything is in the cloud: ${formatCounted(files, 'file')} sent, ${formatBytes(bytes)}.`
}

function closedOutcome({ journal }: OpenedCache, sent: Sent): Outcome {
  const { local, uploading } = journal.files.totals()
  const left = local.bytes + uploading.bytes
  return {
    ending: 'done',
    figures: { ...figuresOf(sent), bytesLeft: left },
    cause: {
      code: 'window-closed',
      text: `${formatBytes(sent.bytes)} were sent. ${formatBytes(left)} wait for the next time that may be sent.`,
    },
  }
}

function noCache(name: string): CoreError {
  return new CoreError('object/conflict', `The vault ${name} has no cache.`, {
    safety: 'Nothing was changed.',
    remedy: 'What is backed up to it is stored in its place at once.',
  })
}
