import { type MaybeRefOrGetter, toValue } from 'vue'

import type { BackupSet, Vault } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLive, useLoaded } from '../../client/index.ts'
import { byNeed } from './vault-words.ts'

/** Vaults, and what they are used for: when they are verified is a matter of the sets' policies. */
export interface VaultsAndSets {
  readonly vaults: readonly Vault[]
  readonly sets: readonly BackupSet[]
  /** How often each policy, by its id, wants its sets to be verified. Days; null: never. */
  readonly verifyEveryDays: ReadonlyMap<string, number | null>
}

/** All vaults, those that need somebody first; asked for again when one of them may have changed. */
export function useVaults(): Loaded<VaultsAndSets> {
  const client = useClient()
  return useVaultsBy(async (options) => (await client.vaults.list(undefined, options)).items.toSorted(byNeed))
}

/** One vault, in the same way. */
export function useVault(id: MaybeRefOrGetter<string>): Loaded<VaultsAndSets> {
  const client = useClient()
  return useVaultsBy(async (options) => [await client.vaults.get({ id: toValue(id) }, options)], id)
}

function useVaultsBy(
  load: (options: { signal: AbortSignal }) => Promise<readonly Vault[]>,
  key?: MaybeRefOrGetter<string>,
): Loaded<VaultsAndSets> {
  const client = useClient()
  const loaded = useLoaded(
    async (options): Promise<VaultsAndSets> => {
      const [vaults, sets, policies] = await Promise.all([
        load(options),
        client.sets.list(undefined, options),
        client.policies.list(undefined, options),
      ])
      const verifyEveryDays = new Map(policies.items.map(({ id, settings }) => [id, settings.verifyEveryDays]))
      return { vaults, sets: sets.items, verifyEveryDays }
    },
    { key },
  )
  useLive((event) => {
    if (event.type === 'changed' && ['vault', 'set', 'policy'].includes(event.kind)) void loaded.reload()
    if (event.type === 'run' && event.run.endedAt !== null) void loaded.reload()
  })
  return loaded
}
