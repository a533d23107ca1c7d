import { describe, expect, it } from 'vitest'

import type { LiveEvent, Run } from '../../../../core/contract/index.ts'
import { filtersOf, queryOf } from '../../../../renderer/modules/run/run-filters.ts'
import { afterEvent } from '../../../../renderer/modules/run/run-list.ts'
import { stepTree } from '../../../../renderer/modules/run/step-tree.ts'
import { makeWorld } from '../../../support/console/world/world.ts'

const [running, queued, waiting, done] = makeWorld('full').runs as [Run, Run, Run, Run]
const told = (run: Run): LiveEvent => ({ type: 'run', run })
const ids = (runs: readonly Run[]): string[] => runs.map(({ id }) => id)

const step = (id: number, parent: number | null) => ({
  id,
  parent,
  name: 'read',
  state: 'done' as const,
  startedAt: running.queuedAt,
  endedAt: running.queuedAt,
})

describe('a list of runs that is kept up to date', () => {
  it('shows a new run on top, and what a known one is now', () => {
    expect(ids(afterEvent([queued, waiting], told(running), {}))).toEqual(ids([running, queued, waiting]))
    const changed = { ...waiting, state: 'failed' as const }
    expect(afterEvent([queued, waiting], told(changed), {})).toEqual([queued, changed])
  })

  it('takes out what its filters no longer want, and does not take in what they never did', () => {
    const ended = { ...running, state: 'succeeded' as const, endedAt: running.queuedAt }
    expect(ids(afterEvent([running, queued], told(ended), { phase: 'active' }))).toEqual(ids([queued]))
    expect(afterEvent([queued], told(done), { phase: 'active' })).toEqual([queued])
    expect(afterEvent([queued], told(running), { kind: 'prune' })).toEqual([queued])
    expect(afterEvent([queued], told(running), { state: 'failed' })).toEqual([queued])
  })

  it('leaves a run to its part of the list where that was not loaded yet', () => {
    expect(afterEvent([running, queued], told(done), {})).toEqual([running, queued])
  })

  it('moves the progress of the one run that it is about', () => {
    if (running.progress === null) throw new Error('no progress')
    const progress = { ...running.progress, bytesDone: 1 }
    const [first, second] = afterEvent([running, queued], { type: 'progress', runId: running.id, progress }, {})
    expect(first?.progress?.bytesDone).toBe(1)
    expect(second).toBe(queued)
  })
})

describe('filters in the address of a page', () => {
  it('come back as they were', () => {
    const filters = { kind: 'prune', state: 'failed', phase: 'ended' } as const
    expect(filtersOf(queryOf(filters))).toEqual(filters)
  })

  it('leave out what nobody knows', () => {
    expect(queryOf(filtersOf({ kind: 'melt', state: ['failed'], phase: 'active' }))).toEqual({ phase: 'active' })
  })
})

describe('steps of a run', () => {
  it('stand below the step that they are part of', () => {
    const placed = stepTree([step(1, null), step(2, null), step(3, 1), step(4, 3)])
    expect(placed.map((one) => [one.step.id, one.depth])).toEqual([
      [1, 0],
      [3, 1],
      [4, 2],
      [2, 0],
    ])
  })

  it('are shown where the step that they are part of is not known', () => {
    expect(stepTree([step(7, 99)]).map(({ depth }) => depth)).toEqual([0])
  })
})
