import { CoreError } from '../../base/index.ts'
import type { Trigger } from '../bandwidth/limit.ts'
import { type Cause, causeOf } from './cause.ts'
import type { DownOutcome } from './down-outcome.ts'
import { DOWN_TABLE, type DownAction, type DownRow, type ProxyKind, type Workload } from './down-table.ts'
import { isBalanced, type PoolMember } from './pool.ts'
import { isAtLeast } from './version.ts'

/** NAS-2. At 24 hours it still begins, a millisecond later it has expired (NAS-3). */
const A_DAY = 86_400_000

/** A request whose executor is not running. Times are milliseconds since the epoch. */
export interface DownRequest {
  readonly workload: Workload
  readonly work: 'backup' | 'restore'
  readonly trigger: Trigger
  /** Of the assigned proxy or agent; asked for with NAS alone. */
  readonly proxyVersion: string
  /** All proxies that could do it, the best one first. Without those of them that are connected nothing is moved. */
  readonly pool: readonly PoolMember[]
  /** How many scheduled backups were skipped in a row, as `nextSkips` counts. */
  readonly skipsInARow: number
  /** After so many skips another proxy takes over (NAS-6). */
  readonly skipsBeforeMove: number
  readonly waitingSince: number
  /** The request waits no longer, whatever the table says. Undefined: as long as the table says. */
  readonly expiresAt?: number | undefined
  readonly now: number
}

export interface DownDecision {
  readonly outcome: DownOutcome
  /** With `wait`: it may still begin then, and no later. Undefined: it waits for as long as it takes. */
  readonly until?: number
  /** With `move`: the proxy that does it. */
  readonly to?: string
  readonly cause: Cause
  /** What of the table led to it. */
  readonly row: DownRow
}

/** What becomes of a request now. It is asked anew whenever something changed, and when `until` has passed. */
export function decideDown(request: DownRequest): DownDecision {
  const row = rowOf(request)
  const decide = (outcome: DownOutcome, more: { until?: number; to?: string } = {}): DownDecision => {
    return { outcome, ...more, cause: causeOf(outcome, row, request), row }
  }
  const to = request.pool.find(({ isConnected }) => isConnected)?.id
  /** What waits for as long as it may; what can go to another proxy meanwhile does. */
  const wait = (longest: number, mayMove: boolean): DownDecision => {
    const until = Math.min(request.waitingSince + longest, request.expiresAt ?? Number.POSITIVE_INFINITY)
    if (request.now > until) return decide('expire')
    if (mayMove && to !== undefined) return decide('move', { to })
    return decide('wait', Number.isFinite(until) ? { until } : {})
  }
  const actions: Readonly<Record<DownAction, () => DownDecision>> = {
    fail: () => decide('fail'),
    skip: () => decide('skip'),
    wait: () => wait(Number.POSITIVE_INFINITY, false),
    'wait-a-day': () => wait(A_DAY, false),
    'move-or-wait': () => wait(Number.POSITIVE_INFINITY, true),
    'move-or-wait-a-day': () => wait(A_DAY, true),
    'skip-then-move': () =>
      request.skipsInARow < request.skipsBeforeMove || to === undefined ? decide('skip') : decide('move', { to }),
  }
  return actions[row.action]()
}

/** The row about a request. What the appliance begins by itself goes by the schedule's rows: nobody waits for it. */
function rowOf({ workload, work, trigger, proxyVersion, pool }: DownRequest): DownRow {
  const asked = trigger === 'manual' ? 'manual' : 'schedule'
  const proxy = proxyKind(proxyVersion, pool)
  const row = DOWN_TABLE.find(
    (each) =>
      each.workload === workload &&
      each.work === work &&
      (each.trigger === 'any' || each.trigger === asked) &&
      (each.proxy === 'any' || each.proxy === proxy),
  )
  if (row === undefined) throw new CoreError('internal/defect', `No row says what becomes of a ${work} of ${workload}.`)
  return row
}

function proxyKind(version: string, pool: readonly PoolMember[]): ProxyKind {
  if (!isAtLeast(version, '7.0.0')) return 'before-7.0.0'
  return isBalanced(version, pool) ? 'balanced' : 'unbalanced'
}
