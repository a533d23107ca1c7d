import type { RunKind, RunState } from '../../../core/contract/index.ts'
import type { RunFilters } from './run-list.ts'

// By hand, as the browser does not load the contract's schemas; `satisfies` says when one of them is missing.
const KINDS_OF = {
  backup: true,
  restore: true,
  forget: true,
  prune: true,
  check: true,
  verify: true,
  'catalog-backup': true,
  sync: true,
  'cache-build': true,
  'cache-tidy': true,
  'cache-audit': true,
  'cache-detach': true,
} as const satisfies Record<RunKind, true>
const STATES_OF = {
  queued: true,
  waiting: true,
  running: true,
  cancelling: true,
  succeeded: true,
  warning: true,
  failed: true,
  cancelled: true,
  interrupted: true,
  skipped: true,
  expired: true,
} as const satisfies Record<RunState, true>

export const RUN_KINDS = Object.keys(KINDS_OF) as RunKind[]
export const RUN_STATES = Object.keys(STATES_OF) as RunState[]
const PHASES = ['active', 'ended'] as const

type Query = Readonly<Record<string, unknown>>

/** What a page's address asks for. What it says and nobody knows is left out. */
export function filtersOf({ kind, state, phase }: Query): RunFilters {
  return {
    kind: RUN_KINDS.find((known) => known === kind),
    state: RUN_STATES.find((known) => known === state),
    phase: PHASES.find((known) => known === phase),
  }
}

export function queryOf(filters: RunFilters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))
}
