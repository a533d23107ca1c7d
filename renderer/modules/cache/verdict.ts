import type { Forecast, SyncWindow } from '../../../core/contract/index.ts'
import type { Format } from '../../shared/format/index.ts'
import type { Text } from '../../shared/i18n/index.ts'
import { neededRate, weekOfWindows } from './sync-windows.ts'

export interface Verdict {
  readonly tone: 'good' | 'warning' | 'bad'
  readonly title: string
  readonly text: string | null
}

/** What windows were asked about. */
export interface Question {
  readonly windows: readonly SyncWindow[]
  readonly bytesPerDay: number
}

/** Whether windows are enough for what comes, in words: what somebody has to know before he saves them. */
export function verdictOf(
  { points, emptyAt, isGrowing }: Forecast,
  { windows, bytesPerDay }: Question,
  { t }: Pick<Text, 't'>,
  format: Pick<Format, 'bytes' | 'bitRate' | 'instant'>,
): Verdict {
  const peak = format.bytes(Math.max(0, ...points.map(({ bytes }) => bytes)))
  if (isGrowing === true) {
    const needed = neededRate(windows, bytesPerDay) ?? 0
    return {
      tone: 'bad',
      title: t('cache.verdict.grows'),
      text: t('cache.verdict.growsText', {
        sent: format.bytes(weekOfWindows(windows).bytes),
        comes: format.bytes(bytesPerDay * 7),
        needed: format.bitRate(needed),
      }),
    }
  }
  if (points.every(({ bytes }) => bytes === 0)) return { tone: 'good', title: t('cache.verdict.still'), text: null }
  if (emptyAt === null)
    return { tone: 'warning', title: t('cache.verdict.behind'), text: t('cache.verdict.behindText', { peak }) }
  const when = format.instant(emptyAt, 'weekday')
  return { tone: 'good', title: t('cache.verdict.keeps'), text: t('cache.verdict.keepsText', { when, peak }) }
}
