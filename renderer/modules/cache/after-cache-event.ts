import type { Cache, LiveEvent } from '../../../core/contract/index.ts'

/** The caches with how far their syncs are: the same list where the event does not touch one. */
export function afterProgress(caches: readonly Cache[], event: LiveEvent): readonly Cache[] {
  if (event.type !== 'progress') return caches
  const { runId, progress } = event
  if (!caches.some(({ sync }) => sync?.id === runId)) return caches
  return caches.map((cache) => (cache.sync?.id === runId ? { ...cache, sync: { ...cache.sync, progress } } : cache))
}

/** What an event means for caches that are shown: ask at once, ask in a moment, or not at all. */
export function askAfter(event: LiveEvent): 'now' | 'soon' | 'never' {
  if (event.type === 'changed') return event.kind === 'cache' || event.kind === 'vault' ? 'now' : 'never'
  // Whatever works on a vault may fill its cache, or empty it.
  if (event.type === 'run') return 'now'
  return event.type === 'progress' ? 'soon' : 'never'
}

/** When the next window opens or closes, or a pause is over: then what is shown is not so any more. */
export function nextChange({ openWindow, nextWindow, pausedUntil }: Cache): number {
  const moments = [openWindow?.closesAt, nextWindow?.opensAt, pausedUntil]
  return Math.min(...moments.flatMap((at) => (at == null ? [] : [Date.parse(at)])))
}
