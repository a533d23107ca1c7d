import type { EvictionPreview } from '../../../core/contract/index.ts'
import type { Format } from '../../shared/format/index.ts'
import type { Text } from '../../shared/i18n/index.ts'

type FactKey = 'held' | 'hot' | 'unsent' | 'fixed' | 'short'

interface Fact {
  readonly key: FactKey
  readonly label: string
  readonly value: string
}

/** What would go, in a sentence. */
export function evictionVerdict(
  preview: EvictionPreview,
  { t }: Pick<Text, 't'>,
  format: Pick<Format, 'bytes'>,
): string {
  const { files, bytes, unlookedPoints, shortBytes } = preview
  if (unlookedPoints > 0) return t('cache.evictUnlooked', { n: unlookedPoints })
  if (files > 0) return t('cache.evictGoes', { bytes: format.bytes(bytes), n: files })
  return shortBytes > 0 ? t('cache.evictCannot') : t('cache.evictNeedless')
}

/** What stays, and why. */
export function evictionFacts(preview: EvictionPreview, { t }: Pick<Text, 't'>, format: Pick<Format, 'bytes'>): Fact[] {
  const { heldBytes, targetBytes, keptHotBytes, keptUnsentBytes, keptFixedBytes, shortBytes } = preview
  const fact = (key: FactKey, bytes: number | string): Fact => ({
    key,
    label: t(`cache.evictFact.${key}`),
    value: typeof bytes === 'number' ? format.bytes(bytes) : bytes,
  })
  return [
    fact('held', `${format.bytes(heldBytes)} → ${format.bytes(targetBytes)}`),
    fact('hot', keptHotBytes),
    fact('unsent', keptUnsentBytes),
    fact('fixed', keptFixedBytes),
    ...(shortBytes > 0 ? [fact('short', shortBytes)] : []),
  ]
}
