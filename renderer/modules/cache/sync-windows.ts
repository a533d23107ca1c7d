import type { SyncWindow } from '../../../core/contract/index.ts'

const WEEK_SECONDS = 7 * 86_400

/** Windows to begin with: when, as most offices have it. How fast is said by nobody but whoever knows the line (CC-4). */
export const WINDOW_PRESETS = {
  // Each ends where the next begins, so that they can be had together.
  nights: { weekdays: [1, 2, 3, 4, 5], start: '20:00', minutes: 600, bytesPerSecond: null },
  weekend: { weekdays: [6, 7], start: '06:00', minutes: 1440, bytesPerSecond: null },
} as const satisfies Record<string, Readonly<Omit<SyncWindow, 'weekdays'>> & { readonly weekdays: readonly number[] }>

/** CC-4: what somebody has to say before anything is sent, as the appliance sees it. */
export function missingOf(
  windows: readonly Pick<SyncWindow, 'weekdays' | 'bytesPerSecond'>[],
): ('schedule' | 'bandwidth')[] {
  if (windows.every(({ weekdays }) => weekdays.length === 0)) return ['schedule', 'bandwidth']
  return windows.some(({ bytesPerSecond }) => bytesPerSecond === null) ? ['bandwidth'] : []
}

/** How long windows are open in a week, and what goes through them at most. Those without a bandwidth let nothing through. */
export function weekOfWindows(windows: readonly SyncWindow[]): { readonly seconds: number; readonly bytes: number } {
  let seconds = 0
  let bytes = 0
  for (const { weekdays, minutes, bytesPerSecond } of windows) {
    const open = new Set(weekdays).size * minutes * 60
    seconds += open
    bytes += open * (bytesPerSecond ?? 0)
  }
  return { seconds: Math.min(WEEK_SECONDS, seconds), bytes }
}

/** How fast windows that are open so long would have to be for so much change: bytes a second. Undefined: they are never open. */
export function neededRate(windows: readonly SyncWindow[], bytesPerDay: number): number | undefined {
  const { seconds } = weekOfWindows(windows)
  return seconds === 0 ? undefined : Math.ceil((bytesPerDay * 7) / seconds)
}
