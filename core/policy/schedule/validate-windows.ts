import type { DayWindow } from './schedule.ts'
import { provePart, proveTime, proveWeekdays, wholeFrom } from './validate-part.ts'

/** Proves windows that come from outside. Throws `input/invalid`; the context's `field` is such as `windows.0.start`. */
export function validateWindows(windows: readonly DayWindow[], field = 'windows'): void {
  for (const [at, { weekdays, start, minutes }] of windows.entries()) {
    proveWeekdays(weekdays, `${field}.${at}.weekdays`, 'A window of no days never opens.')
    proveTime(start, `${field}.${at}.start`)
    provePart(
      wholeFrom(1, minutes, 1440),
      `${field}.${at}.minutes`,
      `A window cannot be open for ${minutes} minutes.`,
      {
        remedy: 'Choose a whole number of minutes from 1 to 1440, which is a day.',
      },
    )
  }
}
