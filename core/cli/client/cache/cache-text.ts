import { formatBytes } from '../../../base/index.ts'
import type { Cache, SyncWindow } from '../../../contract/index.ts'
import { weekdaysText } from '../policy/days.ts'
import { when } from '../text/when.ts'

/** How much of what a cache knows is here, waits to be sent, and is in the cloud alone. `?` where it cannot be read. */
export function heldText({ held }: Pick<Cache, 'held'>): Readonly<Record<'here' | 'waiting' | 'evicted', string>> {
  if (held === null) return { here: '?', waiting: '?', evicted: '?' }
  const waiting = held.local.bytes + held.uploading.bytes + held.uploaded.bytes
  return {
    here: formatBytes(waiting + held.verified.bytes),
    waiting: formatBytes(waiting),
    evicted: formatBytes(held.evicted.bytes),
  }
}

/** What a cache does, in words. */
export function stateText({ state, missing, pausedUntil, pausedBy, sync, openWindow }: Cache): string {
  const TEXTS: Readonly<Record<Cache['state'], string>> = {
    building: 'it is being made ready; the vault is used without it meanwhile',
    incomplete: `nothing is sent before you say ${missing.includes('schedule') ? 'when and how fast' : 'how fast'} (holdfast cache set VAULT --window mon-fri@20:00-06:00=50mbit)`,
    syncing: sync?.progress ? `sending, ${formatBytes(sync.progress.bytesPerSecond)} a second` : 'sending',
    paused: `paused by ${pausedBy ?? 'somebody'}${pausedUntil === null ? '' : ` until ${when(pausedUntil)}`}`,
    leaving: 'it is being taken away',
    unusable: 'it cannot be used',
    ready: openWindow === null ? 'it waits for the next window' : 'it looks every ten minutes for something to send',
  }
  return TEXTS[state]
}

/** As options take them. */
export function windowsText(windows: readonly SyncWindow[]): string {
  return windows
    .map(({ weekdays, start, minutes, bytesPerSecond }) => {
      const days = weekdaysText(weekdays)
      const rate = bytesPerSecond === null ? '?' : `${Math.round((bytesPerSecond / 125_000) * 10) / 10}mbit`
      return `${days === '' ? '' : `${days}@`}${start}-${endOf(start, minutes)}=${rate}`
    })
    .join(', ')
}

function endOf(start: string, minutes: number): string {
  const end = (Number(start.slice(0, 2)) * 60 + Number(start.slice(3)) + minutes) % 1440
  return `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`
}
