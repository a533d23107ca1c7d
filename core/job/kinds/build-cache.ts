import { formatCounted } from '../../base/index.ts'
import { makeCacheFolder, openCacheFolder, rebuildJournal } from '../../cloud-cache/index.ts'
import { openPlace } from '../../vault/index.ts'
import type { CacheBuildOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'

/**
 * Makes the cache of a vault: its folder, and a journal of what the cloud has. Indexes, snapshots and keys are brought down;
 * packs stay where they are. Begun again it goes on with what it has brought.
 */
export async function buildCache({ cache, vault }: CacheBuildOrder, context: RunContext): Promise<Outcome> {
  const { signal } = context
  await makeCacheFolder(cache)
  using opened = await openCacheFolder(cache)
  using cloud = openPlace(vault.place)
  const report = await context.step('list', () =>
    rebuildJournal({
      ...opened,
      cloud: cloud.storage,
      signal,
      onDamaged: ({ error }) =>
        context.log({ level: 'error', code: 'cloud-damaged', message: [error.message, error.remedy].join(' ') }),
    }),
  )
  const { evicted, fetched, local, uploaded, damaged } = report
  return {
    ending: damaged > 0 ? 'warning' : 'done',
    figures: { packsInCloud: evicted, filesFetched: fetched, damages: damaged },
    cause:
      damaged > 0
        ? {
            code: 'cloud-damaged',
            text: `The cache is ready, and ${formatCounted(damaged, 'file')} in the cloud cannot be read.`,
            remedy: 'Check the vault: it says which recovery points need them.',
          }
        : {
            code: 'cache-ready',
            text: `The cache is ready: ${formatCounted(evicted + uploaded, 'pack')} in the cloud are known, ${formatCounted(fetched + local, 'other file')} are here.`,
          },
  }
}
