import { readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

import { applyKeepRules, type KeepRules, type KeptPoint } from '../../../../../core/policy/index.ts'
import { type KeepPeriod, PERIODS } from '../../../../../core/policy/keep/keep-rules.ts'
import { parseSpan } from '../../../../../core/policy/keep/span.ts'

// What restic 0.18.1 decides: its own function (ApplyPolicy), compiled from its source, was given drawn snapshots and rules,
// and the answers were written down. The restic that tests install may be older than 0.16, which knows of no oldest snapshot
// that stays; test/integration/cli-forget.test.ts asks that one as a program.

/** Counts and spans by restic's names; -1 is without an end. */
type Policy = Readonly<Record<string, number | string | readonly (readonly string[])[]>>

interface Decided {
  readonly policy: Policy
  /** The time of each and its tags, from the newest to the oldest. */
  readonly snapshots: readonly (readonly string[])[]
  /** What is kept: its place, the reasons, and what is left of each count, but for those of which nothing is. */
  readonly kept: readonly (readonly [number, readonly string[], Readonly<Record<string, number>>])[]
}

const decided = JSON.parse(readFileSync(new URL('restic-0.18.1.json', import.meta.url), 'utf8')) as readonly Decided[]

function byPeriod<T>(valueOf: (period: KeepPeriod) => T): Record<KeepPeriod, T> {
  return Object.fromEntries(PERIODS.map((period) => [period, valueOf(period)])) as Record<KeepPeriod, T>
}

function rulesOf(policy: Policy): KeepRules {
  const count = (name: string): number => (policy[name] === -1 ? Number.POSITIVE_INFINITY : Number(policy[name] ?? 0))
  const span = (name: string) => (typeof policy[name] === 'string' ? parseSpan(policy[name]) : undefined)
  return {
    last: count('last'),
    counts: byPeriod(count),
    within: span('within'),
    periodsWithin: byPeriod((period) => span(`within${period[0]?.toUpperCase()}${period.slice(1)}`)),
    tags: Array.isArray(policy['tags']) ? (policy['tags'] as readonly (readonly string[])[]) : [],
  }
}

function pointOf([time = '', ...tags]: readonly string[]): KeptPoint {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time) ?? [undefined, '+', '0', '0']
  const offset = Number(hours) * 60 + Number(minutes)
  return { made: BigInt(Date.parse(time)) * 1_000_000n, offset: sign === '-' ? -offset : offset, tags }
}

it('restic’s keep rules keep what restic 0.18.1 keeps, for the same reasons, and leave as much of each count', () => {
  const now = BigInt(Date.parse('2026-11-22T00:00:00Z')) * 1_000_000n
  const all = decided.map(({ policy, snapshots }) => {
    const points = snapshots.map(pointOf)
    return applyKeepRules(points, rulesOf(policy), now)
      .filter(({ isKept }) => isKept)
      .map(({ point, reasons, countsLeft }) => {
        const left = Object.entries(countsLeft).map(([name, count]) => [
          name,
          count === Number.POSITIVE_INFINITY ? -1 : count,
        ])
        return [points.indexOf(point), reasons, Object.fromEntries(left.filter(([, count]) => count !== 0))]
      })
  })
  expect(all).toEqual(decided.map(({ kept }) => kept))
  const reasons = decided.flatMap(({ kept }) => kept.flatMap(([, words]) => words))
  expect(reasons.filter((words) => words.startsWith('oldest ')).length).toBeGreaterThan(50)
})
