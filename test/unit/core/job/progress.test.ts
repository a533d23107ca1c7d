import { describe, expect, it } from 'vitest'

import type { BackupProgress } from '../../../../core/archiver/index.ts'
import { backupProgress } from '../../../../core/job/kinds/backup-progress.ts'
import { countedProgress } from '../../../../core/job/kinds/counted-progress.ts'
import { maintenanceProgress } from '../../../../core/job/kinds/maintenance-progress.ts'
import { restoreProgress } from '../../../../core/job/kinds/restore-progress.ts'
import type { RunProgress } from '../../../../core/job/process/report.ts'
import { createFakeClock } from '../../../support/fake-clock.ts'

function scene() {
  const clock = createFakeClock()
  const told: RunProgress[] = []
  return { clock, told, progress: (now: RunProgress) => void told.push(now) }
}

function backedUp(bytes: number, estimate?: { readonly basis: 'parent' | 'counted'; readonly bytes: number }) {
  return {
    figures: { bytesProcessed: bytes, filesNew: 1, filesChanged: 2, filesUnmodified: 3 },
    bytesStored: 7,
    estimate: estimate && { ...estimate, files: 60 },
  } as unknown as BackupProgress
}

describe('a backup that goes on', () => {
  it('says how fast it was so far, and how long the rest takes like that', () => {
    const { clock, told, progress } = scene()
    const tell = backupProgress({ progress, clock }, 'read')
    clock.pass(5000)
    tell(backedUp(10_000_000, { basis: 'counted', bytes: 50_000_000 }))
    expect(told).toEqual([
      {
        step: 'read',
        filesDone: 6,
        filesTotal: 60,
        bytesDone: 10_000_000,
        bytesTotal: 50_000_000,
        bytesStored: 7,
        bytesPerSecond: 2_000_000,
        secondsLeft: 20,
        isEstimate: false,
      },
    ])
  })

  it('says that it guesses while only the backup before is known, and nothing once there is more than that', () => {
    const { clock, told, progress } = scene()
    const tell = backupProgress({ progress, clock }, 'read')
    clock.pass(1000)
    tell(backedUp(1000, { basis: 'parent', bytes: 4000 }))
    tell(backedUp(4001, { basis: 'parent', bytes: 4000 }))
    tell(backedUp(4001))
    expect(told).toMatchObject([
      { bytesTotal: 4000, secondsLeft: 3, isEstimate: true },
      { bytesTotal: null, filesTotal: null, secondsLeft: null, bytesPerSecond: 4001 },
      { bytesTotal: null, secondsLeft: null, isEstimate: false },
    ])
  })

  it('says no time while nothing was read, and none below zero where files grew', () => {
    const { clock, told, progress } = scene()
    const tell = backupProgress({ progress, clock }, 'read')
    tell(backedUp(0, { basis: 'counted', bytes: 100 }))
    clock.pass(1000)
    tell(backedUp(200, { basis: 'counted', bytes: 100 }))
    expect(told).toMatchObject([{ secondsLeft: null }, { bytesTotal: 200, secondsLeft: 0 }])
  })
})

describe('other runs that go on', () => {
  it('say it of the bytes that are restored', () => {
    const { clock, told, progress } = scene()
    const tell = restoreProgress({ progress, clock })
    clock.pass(2000)
    tell({ filesDone: 1, filesTotal: 4, bytesDone: 1000, bytesTotal: 4000, bytesWritten: 500 } as Parameters<
      typeof tell
    >[0])
    expect(told).toMatchObject([{ bytesPerSecond: 500, secondsLeft: 6, bytesStored: 500, bytesTotal: 4000 }])
  })

  it('say it of what is counted, where its number is known', () => {
    const { clock, told, progress } = scene()
    const known = countedProgress({ progress, clock }, 'compare', 8)
    const unknown = countedProgress({ progress, clock }, 'look', null)
    clock.pass(4000)
    known(2)
    unknown(2)
    known(0)
    expect(told).toMatchObject([
      { filesDone: 2, filesTotal: 8, secondsLeft: 12, bytesPerSecond: 0 },
      { filesDone: 2, filesTotal: null, secondsLeft: null },
      { secondsLeft: null },
    ])
  })

  it('say it as the engine of maintenance reckons it, in seconds', () => {
    const { told, progress } = scene()
    const tell = maintenanceProgress({ progress })
    const now = { phase: 'data', done: 1, total: 4, bytesDone: 10, bytesTotal: 40, rate: 2.4, left: 12_500 }
    tell(now as Parameters<typeof tell>[0])
    tell({ ...now, total: 0, bytesTotal: 0, left: 0 } as Parameters<typeof tell>[0])
    expect(told).toMatchObject([
      { step: 'data', filesTotal: 4, bytesTotal: 40, bytesPerSecond: 2, secondsLeft: 12.5 },
      { filesTotal: null, bytesTotal: null, bytesPerSecond: 0, secondsLeft: null },
    ])
  })
})
