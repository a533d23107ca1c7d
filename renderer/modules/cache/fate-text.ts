import type { Format } from '../../shared/format/index.ts'
import type { Text } from '../../shared/i18n/index.ts'
import type { Fate } from './cache-words.ts'

/** When what waits will be in the cloud, in a few words. */
export function fateText(fate: Fate, { t }: Pick<Text, 't'>, format: Pick<Format, 'instant' | 'duration'>): string {
  if (fate.kind === 'at') return t('cache.fate.at', { when: format.instant(fate.at, 'weekday') })
  if (fate.kind === 'left') return t('cache.fate.left', { time: format.duration(fate.seconds) })
  return t(`cache.fate.${fate.kind}`)
}
