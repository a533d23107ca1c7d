import { formatCounted } from '../../base/index.ts'
import {
  adoptFromCloud,
  type CacheDamage,
  Lease,
  makeCacheFolder,
  openCacheFolder,
  rebuildJournal,
} from '../../cloud-cache/index.ts'
import { openOwnerNote, openPlace } from '../../vault/index.ts'
import type { CacheBuildOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'

/**
 * Makes the cache of a vault know all that the cloud has: a new one, which brings down indexes, snapshots and keys and leaves
 * packs where they are; or one that was away while backups went directly to the cloud (CC-12). Begun again it goes on.
 */
export async function buildCache(order: CacheBuildOrder, context: RunContext): Promise<Outcome> {
  const { cache, vault, isNew, appliance, takeOver } = order
  const { signal } = context
  if (isNew) await makeCacheFolder(cache)
  using opened = await openCacheFolder(cache)
  using note = openOwnerNote(vault.place)
  await new Lease({ note, journal: opened.journal, appliance }).claim({ takeOver, signal })
  using place = openPlace(vault.place)
  const onDamaged = ({ error }: CacheDamage): void =>
    context.log({ level: 'error', code: 'cloud-damaged', message: [error.message, error.remedy].join(' ') })
  const tiers = { ...opened, cloud: place.storage, onDamaged, signal }
  if (opened.journal.isBuilt()) {
    const { packs, fetched, damaged } = await context.step('adopt', () => adoptFromCloud(tiers))
    const text = `The cache knows what was stored without it: ${formatCounted(packs, 'pack')} and ${formatCounted(fetched, 'other file')}.`
    return outcomeOf(damaged, { code: 'cache-adopted', text }, { packsInCloud: packs, filesFetched: fetched })
  }
  const { evicted, uploaded, fetched, local, damaged } = await context.step('list', () => rebuildJournal(tiers))
  const text = `The cache is ready: ${formatCounted(evicted + uploaded, 'file')} in the cloud are known, ${formatCounted(fetched + local, 'file')} were brought here.`
  return outcomeOf(damaged, { code: 'cache-ready', text }, { packsInCloud: evicted, filesFetched: fetched })
}

function outcomeOf(damaged: number, cause: Outcome['cause'], figures: Outcome['figures']): Outcome {
  if (damaged === 0) return { ending: 'done', figures, cause }
  return {
    ending: 'warning',
    figures: { ...figures, damages: damaged },
    cause: {
      code: 'cloud-damaged',
      text: `The cache is ready, and ${formatCounted(damaged, 'file')} in the cloud cannot be read.`,
      remedy: 'Check the vault: it says which recovery points need them.',
    },
  }
}
