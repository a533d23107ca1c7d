import type { Cache } from '../../../core/contract/index.ts'
import type { Tone } from '../../ui/tone.ts'
import { waitingOf } from './occupancy.ts'

type State = Cache['state']

const TONES: Readonly<Record<State, Tone>> = {
  unusable: 'bad',
  incomplete: 'warning',
  paused: 'warning',
  leaving: 'active',
  building: 'active',
  syncing: 'active',
  ready: 'good',
}

export function toneOfCache(state: State): Tone {
  return TONES[state]
}

const ORDER = Object.keys(TONES)

/** Those that need somebody come first, otherwise by the names of their vaults. */
export function byNeed(a: Pick<Cache, 'state' | 'vault'>, b: Pick<Cache, 'state' | 'vault'>): number {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.vault.name.localeCompare(b.vault.name)
}

/** What becomes of what waits. */
export type Fate =
  | { readonly kind: 'unknown' | 'nothing' | 'leaving' | 'incomplete' | 'paused' | 'soon' | 'never' }
  | { readonly kind: 'at'; readonly at: string }
  | { readonly kind: 'left'; readonly seconds: number }

/** Nothing is promised that the appliance has not said: `soon` is a sync by hand of which it knows no end yet. */
export function fateOf({ state, held, missing, sync, offSiteAt }: Cache): Fate {
  if (held === null) return { kind: 'unknown' }
  if (waitingOf(held).files === 0) return { kind: 'nothing' }
  if (state === 'leaving') return { kind: 'leaving' }
  if (sync?.trigger === 'manual' && sync.state === 'running') {
    const seconds = sync.progress?.secondsLeft ?? null
    return seconds === null ? { kind: 'soon' } : { kind: 'left', seconds }
  }
  if (state === 'paused') return { kind: 'paused' }
  if (missing.length > 0) return { kind: 'incomplete' }
  return offSiteAt === null ? { kind: 'never' } : { kind: 'at', at: offSiteAt }
}
