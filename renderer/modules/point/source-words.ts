import type { RestorableFrom } from '../../../core/contract/index.ts'
import type { Format } from '../../shared/format/index.ts'
import type { Text } from '../../shared/i18n/index.ts'
import type { Tone } from '../../ui/tone.ts'

/** Whether a point can be restored now, and would be left if the appliance's computer were gone. */
export function sourceTone({ from, isOffSite }: RestorableFrom): Tone {
  if (from === 'neither') return 'bad'
  return isOffSite ? 'good' : 'warning'
}

/** Whether all of it is off-site, or when it will be. */
export function offSiteText(
  { isOffSite, offSiteAt }: RestorableFrom,
  { t }: Pick<Text, 't'>,
  format: Pick<Format, 'instant'>,
): string {
  if (isOffSite) return t('point.offSite')
  return offSiteAt === null
    ? t('point.offSiteNever')
    : t('point.offSiteAt', { when: format.instant(offSiteAt, 'weekday') })
}

/** What it needs and one tier lacks; nothing where nobody has looked yet, or neither lacks anything. */
export function lackingText(
  { bytesInCloudOnly, bytesInCacheOnly }: RestorableFrom,
  { t }: Pick<Text, 't'>,
  format: Pick<Format, 'bytes'>,
): string[] {
  return [
    ...(bytesInCloudOnly === null || bytesInCloudOnly === 0
      ? []
      : [t('point.inCloudOnly', { bytes: format.bytes(bytesInCloudOnly) })]),
    ...(bytesInCacheOnly === null || bytesInCacheOnly === 0
      ? []
      : [t('point.inCacheOnly', { bytes: format.bytes(bytesInCacheOnly) })]),
  ]
}
