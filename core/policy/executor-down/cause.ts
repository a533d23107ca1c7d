import type { DownOutcome } from './down-outcome.ts'
import type { DownRow, Workload } from './down-table.ts'

/** Why a run is in its state: a stable code, and words for a person. */
export interface Cause {
  readonly code: CauseCode
  readonly text: string
}

type CauseCode =
  | 'executor-down/failed'
  | 'executor-down/not-balanced'
  | 'executor-down/waits'
  | 'executor-down/skipped'
  | 'executor-down/moved'
  | 'executor-down/expired'

export interface SkipCount {
  /** Those before this one. */
  readonly skipsInARow: number
  readonly skipsBeforeMove: number
}

/** Says why, without requirement numbers: people do not know them. */
export function causeOf(outcome: DownOutcome, row: DownRow, skips: SkipCount): Cause {
  const executor = EXECUTORS[row.workload]
  const isDown = `The ${executor} is not running.`
  const causes: Readonly<Record<DownOutcome, Cause>> = {
    fail:
      row.proxy === 'unbalanced'
        ? { code: 'executor-down/not-balanced', text: `${isDown} ${NOT_BALANCED}` }
        : { code: 'executor-down/failed', text: isDown },
    wait: { code: 'executor-down/waits', text: `${isDown} The ${row.work} begins when it is.` },
    skip: { code: 'executor-down/skipped', text: `${isDown} The ${row.work} was skipped${countOf(row, skips)}.` },
    move: { code: 'executor-down/moved', text: `${isDown} Another proxy of its pool takes over.` },
    expire: {
      code: 'executor-down/expired',
      text: `The ${executor} was not running while the ${row.work} could wait.`,
    },
  }
  return causes[outcome]
}

const NOT_BALANCED = 'No other may take over, as its pool has proxies older than 7.0.2.'

/** The counter is shown where it leads to anything (NAS-6). */
function countOf({ action }: DownRow, { skipsInARow, skipsBeforeMove }: SkipCount): string {
  if (action !== 'skip-then-move') return ''
  const skips = skipsInARow + 1
  return skips > skipsBeforeMove
    ? `, and no other proxy of its pool is connected: ${skips} in a row`
    : `: ${skips} of ${skipsBeforeMove} before another proxy takes over`
}

const EXECUTORS: Readonly<Record<Workload, 'agent' | 'proxy'>> = {
  'file-server-windows': 'agent',
  'file-server-linux': 'agent',
  'sql-server': 'agent',
  oracle: 'agent',
  'hyper-v': 'agent',
  nas: 'proxy',
  vmware: 'proxy',
}
