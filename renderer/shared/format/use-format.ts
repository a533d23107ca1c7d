import { inject, type InjectionKey, type Ref } from 'vue'

import { formatBitRate } from './bit-rate.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { formatAgo, formatInstant, formatInZones, type InstantStyle } from './instant.ts'

/** What formats depend on. */
export interface FormatContext {
  /** Of the language, and of the region where the browser says one: `de-CH`. */
  readonly locale: Readonly<Ref<string>>
  /** The appliance's: schedules are by it. */
  readonly timeZone: Readonly<Ref<string>>
  readonly browserZone: string
  /** The appliance's clock, in milliseconds since the epoch; it goes on every few seconds. */
  readonly now: Readonly<Ref<number>>
}

export const FORMAT: InjectionKey<FormatContext> = Symbol('format')

export interface Format {
  readonly bytes: (bytes: number | bigint) => string
  /** Of bytes in a second. */
  readonly rate: (bytesPerSecond: number) => string
  /** The same, of a line: in megabits. */
  readonly bitRate: (bytesPerSecond: number) => string
  /** Seconds. */
  readonly duration: (seconds: number) => string
  readonly number: (value: number) => string
  /** `value` of 1 is all. */
  readonly percent: (value: number) => string
  /** In the appliance's time zone. */
  readonly instant: (instant: string, style?: InstantStyle) => string
  /** In the appliance's zone and, where it shows something else, in the browser's; in another one before, where it is given. */
  readonly zones: (instant: string, style?: InstantStyle, zone?: string) => string[]
  /** A day of the calendar (`2026-11-22`), which has no time zone. */
  readonly day: (day: string) => string
  readonly ago: (instant: string) => string
  readonly now: Readonly<Ref<number>>
  readonly timeZone: Readonly<Ref<string>>
}

/** Formats of the language and zone that hold here. */
export function useFormat(): Format {
  const context = inject(FORMAT)
  if (context === undefined) throw new Error('No format was provided.')
  const { locale, timeZone, browserZone, now } = context
  return {
    bytes: (bytes) => formatBytes(bytes, locale.value),
    rate: (bytesPerSecond) => `${formatBytes(bytesPerSecond, locale.value)}/s`,
    bitRate: (bytesPerSecond) => formatBitRate(bytesPerSecond, locale.value),
    duration: (seconds) => formatDuration(seconds, locale.value),
    number: (value) => new Intl.NumberFormat(locale.value).format(value),
    percent: (value) => new Intl.NumberFormat(locale.value, { style: 'percent' }).format(value),
    instant: (instant, style) => formatInstant(instant, locale.value, timeZone.value, style),
    zones: (instant, style = 'minute', zone = timeZone.value) =>
      formatInZones(instant, locale.value, [zone, timeZone.value, browserZone], style),
    day: (day) => formatInstant(`${day}T12:00:00Z`, locale.value, 'UTC', 'day'),
    ago: (instant) => formatAgo(instant, locale.value, now.value),
    now,
    timeZone,
  }
}
