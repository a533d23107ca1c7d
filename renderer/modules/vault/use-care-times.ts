import { computed, type ComputedRef, type MaybeRefOrGetter, toValue } from 'vue'

import type { BackupSet, Vault } from '../../../core/contract/index.ts'
import { useFormat } from '../../shared/format/index.ts'
import { useText } from '../../shared/i18n/index.ts'
import { useAppliance } from '../appliance/appliance-store.ts'
import { type Due, dueOf, nextTime, verifyDue } from './care-due.ts'

/** When a vault is looked after next, in words. Undefined: nobody knows yet. */
export interface CareTimes {
  readonly check: string | undefined
  readonly prune: string | undefined
  readonly forget: string | undefined
  readonly verify: string
}

export function useCareTimes(
  vault: MaybeRefOrGetter<Vault>,
  sets: MaybeRefOrGetter<readonly BackupSet[]>,
  verifyEveryDays: MaybeRefOrGetter<ReadonlyMap<string, number | null>>,
): ComputedRef<CareTimes> {
  const appliance = useAppliance()
  const format = useFormat()
  const { t } = useText()

  function inWords({ day, at, isOver }: Due): string {
    return t(isOver ? 'vault.dueSince' : 'vault.due', { when: `${format.day(day)}, ${at}` })
  }

  function verifyInWords(due: number | null): string {
    if (due === null) return t('vault.notAsked')
    const when = format.instant(new Date(due).toISOString(), 'short')
    return t(due <= format.now.value ? 'vault.dueSince' : 'vault.due', { when })
  }

  return computed(() => {
    const { id, createdAt, lastCheckedAt, lastPrunedAt } = toValue(vault)
    const own = toValue(sets).filter((set) => set.vault.id === id)
    const verify = verifyInWords(verifyDue(own, toValue(verifyEveryDays)))
    const { settings } = appliance
    if (!settings) return { check: undefined, prune: undefined, forget: undefined, verify }
    const now = format.now.value
    return {
      check: inWords(dueOf(lastCheckedAt ?? createdAt, settings.checkEveryDays, settings, now)),
      prune: inWords(dueOf(lastPrunedAt ?? createdAt, settings.pruneEveryDays, settings, now)),
      forget: inWords(nextTime(settings, now)),
      verify,
    }
  })
}
