import type { BackupSet } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLive, useLoaded } from '../../client/index.ts'
import { PROTECTION_ORDER } from './protection-tone.ts'

/** All backup sets, the worst first; asked for again when one of them may have changed. */
export function useSets(): Loaded<BackupSet[]> {
  const client = useClient()
  const loaded = useLoaded(async (options) => (await client.sets.list(undefined, options)).items.toSorted(byNeed))
  useLive((event) => {
    if (event.type === 'changed' && ['set', 'policy', 'source', 'vault', 'point'].includes(event.kind))
      void loaded.reload()
    if (event.type === 'run' && event.run.kind === 'backup') void loaded.reload()
  })
  return loaded
}

function byNeed(a: BackupSet, b: BackupSet): number {
  return PROTECTION_ORDER.indexOf(a.protection) - PROTECTION_ORDER.indexOf(b.protection) || a.name.localeCompare(b.name)
}
