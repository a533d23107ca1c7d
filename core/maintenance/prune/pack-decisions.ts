import type { PackUse, PackUses } from './pack-uses.ts'

/** What becomes of a pack. */
export type PackAction =
  /** It stays as it is. */
  | 'keep'
  /** What is needed of it is put into a new pack, and it goes. */
  | 'repack'
  /** Nothing in it is needed: it goes. */
  | 'remove'
  /** It is not there, and nothing of it is needed: the index does not list it any more. */
  | 'unlist'
  /** It waits to be removed, and is needed: it is listed again. */
  | 'take-back'
  /** It waits to be removed, and its time has not come. */
  | 'wait'

export type PackReason =
  | 'unused'
  | 'partly-used'
  | 'mixed'
  | 'small'
  | 'uncompressed'
  | 'missing'
  | 'due'
  | 'needed-again'

export interface PackDecision {
  readonly use: PackUse
  readonly action: PackAction
  /** Why it does not just stay. */
  readonly reason: PackReason | undefined
}

/** What becomes of each pack, by their numbers. */
export interface PackDecisions extends Iterable<PackDecision> {
  of(pack: number): PackDecision
  actionOf(pack: number): PackAction
  set(pack: number, action: PackAction, reason?: PackReason): void
}

/** All are kept until it is said otherwise. A pack takes two bytes besides its use. */
export function createPackDecisions(uses: PackUses): PackDecisions {
  const actions = new Uint8Array(uses.count)
  const reasons = new Uint8Array(uses.count)

  const actionOf = (pack: number): PackAction => ACTIONS[actions[pack] ?? 0] ?? 'keep'
  const decisionOn = (use: PackUse): PackDecision => ({
    use,
    action: actionOf(use.pack),
    reason: REASONS[reasons[use.pack] ?? 0],
  })

  return {
    of: (pack) => decisionOn(uses.of(pack)),
    actionOf,
    set(pack, action, reason) {
      actions[pack] = ACTIONS.indexOf(action)
      reasons[pack] = REASONS.indexOf(reason)
    },
    *[Symbol.iterator]() {
      for (const use of uses) yield decisionOn(use)
    },
  }
}

const ACTIONS: readonly PackAction[] = ['keep', 'repack', 'remove', 'unlist', 'take-back', 'wait']
const REASONS: readonly (PackReason | undefined)[] = [
  undefined,
  'unused',
  'partly-used',
  'mixed',
  'small',
  'uncompressed',
  'missing',
  'due',
  'needed-again',
]
