import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { PolicySettings } from '../../core/contract/index.ts'
import { startAppliance, type TestAppliance } from '../support/appliance.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
/** RET-1: the points of two days stay. */
const isYoung = (moment: number): boolean => moment >= Date.parse('2027-06-29')
const NOW = Date.parse('2027-07-01T12:02:00Z')

function every(minutes: number): PolicySettings {
  const days = { type: 'week' as const, weekdays: [1, 2, 3, 4, 5, 6, 7] }
  return PolicySettings.parse({
    schedule: {
      timeZone: 'UTC',
      rules: [{ type: 'interval', days, everyMinutes: minutes, from: '00:00', until: '00:00' }],
    },
    retention: { days: 2, weeks: 3, months: 0, years: 0 },
  })
}

describe('what a policy would have kept of a year', () => {
  let root: string
  let test: TestAppliance

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-preview-'))
    test = await startAppliance(root, { clock: { now: () => NOW, monotonic: () => 0 } })
  })
  afterAll(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const decisionsOf = async (settings: PolicySettings) =>
    (await test.appliance.operations.policies.preview({ settings }, test.call)).decisions

  it('begins a year ago where points are hours apart', async () => {
    const decisions = await decisionsOf(every(60))
    expect(decisions).toHaveLength(366 * 24)
    expect(Date.parse(decisions[0]?.completedAt ?? '')).toBe(NOW - 2 * MINUTE + 60 * MINUTE - 366 * DAY)
  })

  it('is told of the newest points where they are minutes apart: none of these is left out', async () => {
    const decisions = await decisionsOf(every(5))
    const completed = decisions.map(({ completedAt }) => Date.parse(completedAt))
    const newest = NOW - 2 * MINUTE
    expect(completed).toEqual(Array.from({ length: 10_000 }, (_, i) => newest - (9999 - i) * 5 * MINUTE))
    // RET-1, RET-6: all points of two days, and the last one of each of three weeks.
    const kept = decisions.filter(({ isKept }) => isKept)
    expect(kept.filter(({ completedAt }) => isYoung(Date.parse(completedAt)))).toHaveLength(
      completed.filter(isYoung).length,
    )
    expect(kept.map(({ completedAt }) => completedAt)).toEqual(
      expect.arrayContaining(['2027-06-20T23:55:00.000Z', '2027-06-27T23:55:00.000Z']),
    )
  })
})
