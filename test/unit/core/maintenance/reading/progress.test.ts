import { expect, it } from 'vitest'

import { createProgressMeter, type Progress } from '../../../../../core/maintenance/reading/progress.ts'

it('counts folders a second beside the things that it is known how many there are of, whose time it tells', () => {
  let now = 0
  const told: Progress<'work'>[] = []
  const clock = { now: () => now, monotonic: () => now }
  const meter = createProgressMeter<'work'>('work', clock, (progress) => told.push(progress))
  meter.begin('work', 4)
  for (let folder = 0; folder < 30; folder++) meter.addFolder()
  now = 2000
  meter.add(1)
  meter.begin('work', 2)
  meter.stop()
  expect(told).toMatchObject([
    { done: 1, total: 4, folders: 30, rate: 15, left: 6000 },
    { done: 0, total: 2, folders: 0, rate: 0, left: 0 },
  ])
})
