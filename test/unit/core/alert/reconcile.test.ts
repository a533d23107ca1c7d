import { expect, it } from 'vitest'

import { reconcileAlerts, type WantedAlert } from '../../../../core/alert/index.ts'
import { afterwards, NOW, someAlert } from '../../../support/alert-facts.ts'
import { SEED } from '../../../support/seed.ts'
import { seededChance } from '../../../support/seeded-chance.ts'

const SEVERITIES = ['hint', 'warning', 'error'] as const

function wanted(key: string, more: Partial<WantedAlert> = {}): WantedAlert {
  const { kind, severity, object, message, remedy, occurrence } = someAlert()
  return { key, kind, severity, object, message, remedy, occurrence, ...more }
}

const LATER = NOW + 60_000

it('a new alert is raised once, and refreshed while it lasts', () => {
  const first = reconcileAlerts([], [wanted('a')], NOW)
  expect(first.raise).toMatchObject([{ openId: null, raise: 1, raisedAt: NOW, seenAt: NOW, times: 1 }])
  const open = afterwards([], first)
  const second = reconcileAlerts(open, [wanted('a', { message: 'Now so.' })], LATER)
  expect(second).toMatchObject({ raise: [], clear: [], refresh: [{ seenAt: LATER, times: 1 }] })
  expect(afterwards(open, second)).toMatchObject([{ message: 'Now so.', raisedAt: NOW, seenAt: LATER }])
})

it('another run that fails counts, and is no other alert', () => {
  const open = afterwards([], reconcileAlerts([], [wanted('a')], NOW))
  const { raise, refresh } = reconcileAlerts(open, [wanted('a', { occurrence: 'run-2' })], LATER)
  expect(raise).toEqual([])
  expect(refresh).toMatchObject([{ times: 2 }])
})

it('what is over is cleared, and what comes back after that is a new alert', () => {
  const open = afterwards([], reconcileAlerts([], [wanted('a')], NOW))
  const over = reconcileAlerts(open, [], LATER)
  expect(over).toEqual({ raise: [], refresh: [], clear: [{ id: open[0]?.id, clearedAt: LATER }] })
  const again = reconcileAlerts(afterwards(open, over), [wanted('a')], LATER + 1)
  expect(again.raise).toMatchObject([{ openId: null, raise: 1, raisedAt: LATER + 1 }])
})

it('an alert that becomes worse is raised again, since when it began; one that becomes less bad is not', () => {
  const open = afterwards([], reconcileAlerts([], [wanted('a', { severity: 'warning' })], NOW))
  const worse = reconcileAlerts(open, [wanted('a', { severity: 'error' })], LATER)
  expect(worse).toMatchObject({ refresh: [], clear: [], raise: [{ openId: open[0]?.id, raise: 2, raisedAt: NOW }] })
  const better = reconcileAlerts(afterwards(open, worse), [wanted('a', { severity: 'hint' })], LATER + 1)
  expect(better).toMatchObject({ raise: [], clear: [], refresh: [{ wanted: { severity: 'hint' } }] })
})

it('of the same key wanted twice the worse one counts, and of two open ones the first', () => {
  const { raise } = reconcileAlerts(
    [],
    SEVERITIES.map((severity) => wanted('a', { severity })),
    NOW,
  )
  expect(raise.map((each) => each.wanted.severity)).toEqual(['error'])
  const open = [someAlert({ key: 'a', id: '1' }), someAlert({ key: 'a', id: '2' })]
  expect(reconcileAlerts(open, [wanted('a')], NOW)).toMatchObject({
    raise: [],
    refresh: [{ id: '1' }],
    clear: [{ id: '2' }],
  })
})

it('whatever is open and wanted, reconciling twice with the same raises and clears nothing', () => {
  const chance = seededChance(SEED)
  for (let round = 0; round < 500; round++) {
    const draw = (): WantedAlert[] =>
      Array.from({ length: chance.below(8) }, () =>
        wanted(`key-${chance.below(6)}`, {
          severity: SEVERITIES[chance.below(3)] ?? 'error',
          occurrence: chance.below(2) === 0 ? null : `run-${chance.below(3)}`,
        }),
      )
    const before = afterwards([], reconcileAlerts([], draw(), NOW))
    const now = draw()
    const after = afterwards(before, reconcileAlerts(before, now, LATER))
    expect(after.map(({ key }) => key).toSorted()).toEqual([...new Set(now.map(({ key }) => key))].toSorted())
    const again = reconcileAlerts(after, now, LATER + 1)
    expect(again).toMatchObject({ raise: [], clear: [] })
    expect(afterwards(after, again).map(({ times }) => times)).toEqual(after.map(({ times }) => times))
  }
})
