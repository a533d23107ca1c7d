import type { Vault } from '../../../core/contract/index.ts'
import type { Tone } from '../../ui/tone.ts'

const TONES: Readonly<Record<Vault['state'], Tone>> = { ready: 'good', unreachable: 'bad', damaged: 'bad' }

export function toneOfVault(state: Vault['state']): Tone {
  return TONES[state]
}

const ORDER: readonly Vault['state'][] = ['damaged', 'unreachable', 'ready']

/** Those that need somebody come first: broken ones, then those of which nobody has the kit; otherwise by name. */
export function byNeed(a: Vault, b: Vault): number {
  return (
    ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
    Number(a.kitExportedAt !== null) - Number(b.kitExportedAt !== null) ||
    a.name.localeCompare(b.name)
  )
}

/** A new vault says that it was pruned when it was made, so that the days are counted from then: nothing was. */
export function prunedAt({ lastPrunedAt, createdAt }: Pick<Vault, 'lastPrunedAt' | 'createdAt'>): string | null {
  return lastPrunedAt === createdAt ? null : lastPrunedAt
}
