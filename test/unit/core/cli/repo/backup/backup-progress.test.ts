import { beforeEach, describe, expect, it } from 'vitest'

import type { BackupProgress, Estimate, Figures } from '../../../../../../core/archiver/index.ts'
import { showBackupProgress } from '../../../../../../core/cli/repo/backup/backup-progress.ts'
import { recordOutput } from '../../../../../support/recorded-output.ts'

const MIB = 1024 * 1024
const NOTHING: Figures = {
  filesNew: 0,
  filesChanged: 0,
  filesUnmodified: 0,
  others: 0,
  sockets: 0,
  dirsNew: 0,
  dirsChanged: 0,
  dirsUnmodified: 0,
  bytesProcessed: 0,
  bytesRead: 0,
}

const allOf = (files: number, bytes: number): Estimate => ({ files, bytes, basis: 'counted' })

describe('the progress of a backup', () => {
  let now = 0
  let shown: string[] = []
  let told: Readonly<Record<string, unknown>>[] = []
  let show: (progress: BackupProgress) => void

  beforeEach(() => {
    now = 5000
    const recorded = recordOutput()
    ;({ shown, told } = recorded)
    show = showBackupProgress(recorded.output, { now: () => 0, monotonic: () => now })
  })

  /** Progress after so many seconds. */
  function after(seconds: number, figures: Partial<Figures>, estimate?: Estimate, bytesStored = 0): void {
    now = 5000 + seconds * 1000
    show({ figures: { ...NOTHING, ...figures }, bytesStored, estimate })
  }

  it('tells the rate since the beginning, and the time that the rest takes at this rate', () => {
    after(
      10,
      { filesNew: 2, filesChanged: 3, filesUnmodified: 5, bytesProcessed: 100 * MIB },
      allOf(40, 400 * MIB),
      7 * MIB,
    )
    expect(shown).toEqual(['25 %  10 files  100 MiB of 400 MiB  10.0 MiB/s  7.00 MiB stored  0:30 left'])
    expect(told).toEqual([
      {
        message_type: 'status',
        seconds_elapsed: 10,
        seconds_remaining: 30,
        percent_done: 0.25,
        total_files: 40,
        total_bytes: 400 * MIB,
        total_basis: 'counted',
        files_done: 10,
        bytes_done: 100 * MIB,
        bytes_stored: 7 * MIB,
        bytes_per_second: 10 * MIB,
      },
    ])
  })

  it('tells programs twice a second at the most, and once more as soon as a file was dealt with', () => {
    after(1, {})
    after(1.1, { filesNew: 1 })
    after(1.2, { filesNew: 2 })
    after(1.7, { filesNew: 3 })
    expect(told.map(({ files_done }) => files_done)).toEqual([0, 1, 3])
  })

  it('says neither percent nor time left before all is counted, but how much there is at least', () => {
    after(10, { filesNew: 1, bytesProcessed: MIB }, { files: 20, bytes: 30 * MIB, basis: 'counting' })
    expect(shown).toEqual(['1 files  1.00 MiB  102 KiB/s  0 B stored'])
    expect(told).toMatchObject([{ total_files: 20, total_bytes: 30 * MIB }])
    expect(told[0]?.['seconds_remaining']).toBeUndefined()
    expect(told[0]?.['percent_done']).toBeUndefined()
  })

  it('FS-8: says "about" where it only knows what the parent held, and nothing once there is more', () => {
    const held: Estimate = { files: 10, bytes: 40 * MIB, basis: 'parent' }
    after(10, { filesUnmodified: 1, bytesProcessed: 10 * MIB }, held)
    after(20, { filesUnmodified: 9, bytesProcessed: 41 * MIB }, held)
    expect(shown).toEqual([
      'about 25 %  1 files  10.0 MiB of about 40.0 MiB  1.00 MiB/s  0 B stored  about 0:30 left',
      '9 files  41.0 MiB  2.05 MiB/s  0 B stored',
    ])
    expect(told[0]).toMatchObject({ total_bytes: 40 * MIB, total_basis: 'parent', percent_done: 0.25 })
    expect(told[1]).toMatchObject({ total_basis: 'parent', percent_done: undefined, seconds_remaining: undefined })
  })

  it('says nothing of what there is where nobody counts', () => {
    after(10, { filesNew: 1, bytesProcessed: MIB })
    expect(shown).toEqual(['1 files  1.00 MiB  102 KiB/s  0 B stored'])
    expect(told[0]?.['total_bytes']).toBeUndefined()
  })

  it('never passes the end where there is more than was counted', () => {
    after(10, { filesNew: 1, bytesProcessed: 50 * MIB }, allOf(1, 40 * MIB))
    expect(shown).toEqual(['100 %  1 files  50.0 MiB of 50.0 MiB  5.00 MiB/s  0 B stored  0:00 left'])
    expect(told).toMatchObject([{ percent_done: 1, seconds_remaining: 0 }])
  })

  it('foretells nothing while nothing is done, nor where there is nothing to do', () => {
    after(10, {}, allOf(3, 40 * MIB))
    after(20, {}, allOf(0, 0))
    expect(shown).toEqual([
      '0 %  0 files  0 B of 40.0 MiB  0 B/s  0 B stored',
      '0 files  0 B of 0 B  0 B/s  0 B stored',
    ])
    expect(told.map((status) => status['seconds_remaining'])).toEqual([undefined, undefined])
    expect(told.map((status) => status['percent_done'])).toEqual([0, undefined])
  })

  it('is told at once, then to programs twice a second at the most, and to people each time', () => {
    for (const seconds of [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2]) after(seconds, { bytesProcessed: seconds * MIB })
    expect(shown).toHaveLength(7)
    expect(told.map((status) => status['bytes_done'])).toEqual([0, 0.6 * MIB, 1.2 * MIB])
  })
})
