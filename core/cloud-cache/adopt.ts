import type { Abortable } from '../base/index.ts'
import type { Storage } from '../storage/index.ts'
import { bringDown } from './bring-down.ts'
import { JOURNALLED_KINDS } from './journal/file-state.ts'
import type { Journal } from './journal/journal.ts'
import type { CacheDamage } from './tiers/tiered-reader.ts'

export interface AdoptOptions extends Abortable {
  readonly journal: Journal
  readonly local: Storage
  readonly cloud: Storage
  /** The cloud's copy of a file that has to be fetched is damaged. */
  readonly onDamaged?: ((damage: CacheDamage) => void) | undefined
}

export interface AdoptReport {
  packs: number
  /** All but packs belongs in the local tier. */
  fetched: number
  damaged: number
}

/**
 * Takes over what the cache's own appliance has stored in the cloud while it went without it (CC-12). Nobody else writes there
 * meanwhile. What comes first is what others refer to: broken off, nothing refers to what is not known.
 */
export async function adoptFromCloud(options: AdoptOptions): Promise<AdoptReport> {
  const { journal, cloud, signal } = options
  const report = { packs: 0, fetched: 0, damaged: 0 }
  for (const kind of JOURNALLED_KINDS) {
    for await (const info of cloud.list(kind, { signal })) {
      const file = { kind, ...info }
      if (journal.files.find(file) || journal.tombstones.phaseOf(file) !== undefined) continue
      if (kind === 'pack') {
        if (journal.found(file, info.size, 'evicted')) report.packs++
      } else if (await bringDown(options, file)) report.fetched++
      else report.damaged++
    }
  }
  return report
}
