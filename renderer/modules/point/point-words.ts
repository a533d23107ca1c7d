import type { Point } from '../../../core/contract/index.ts'
import type { Format } from '../../shared/format/index.ts'
import type { Text } from '../../shared/i18n/index.ts'

/** Whose recovery point it is: its set, or the host where no set of this appliance made it. */
export function ownerOf(point: Pick<Point, 'set' | 'host'>, { t }: Pick<Text, 't'>): string {
  return point.set?.name ?? t('point.foreign', { host: point.host })
}

/** How much is in it; what is not known is not said. */
export function contentOf(
  point: Pick<Point, 'files' | 'bytes'>,
  { t }: Pick<Text, 't'>,
  format: Pick<Format, 'bytes' | 'number'>,
): string | undefined {
  const parts = [
    ...(point.files === null ? [] : [t('point.files', { n: point.files, files: format.number(point.files) })]),
    ...(point.bytes === null ? [] : [format.bytes(point.bytes)]),
  ]
  return parts.length === 0 ? undefined : parts.join(' · ')
}
