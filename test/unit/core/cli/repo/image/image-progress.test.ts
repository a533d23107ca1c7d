import { beforeEach, describe, expect, it } from 'vitest'

import { type DiskProgress, showDiskProgress } from '../../../../../../core/cli/repo/image/image-progress.ts'
import { recordOutput } from '../../../../../support/recorded-output.ts'

const MIB = 2 ** 20

describe('the progress of work on a disk', () => {
  let now = 0
  let shown: string[] = []
  let told: Readonly<Record<string, unknown>>[] = []
  let show: (progress: DiskProgress) => void

  beforeEach(() => {
    now = 5000
    const recorded = recordOutput()
    ;({ shown, told } = recorded)
    show = showDiskProgress(recorded.output, { now: () => now, monotonic: () => now })
  })

  it('has the share, the rate of what is moved, and the time left', () => {
    now += 2000
    show({ bytesTotal: 100 * MIB, bytesDone: 25 * MIB, bytesMoved: 20 * MIB, more: { bytes_read: 20 * MIB } })
    expect(shown).toEqual(['25 %  25.0 MiB of 100 MiB  10.0 MiB/s  0:06 left'])
    expect(told).toEqual([
      {
        message_type: 'status',
        seconds_elapsed: 2,
        seconds_remaining: 6,
        percent_done: 0.25,
        total_bytes: 100 * MIB,
        bytes_done: 25 * MIB,
        bytes_per_second: 10 * MIB,
        bytes_read: 20 * MIB,
      },
    ])
  })

  it('promises no time before anything is done, and tells programs twice a second at the most', () => {
    for (let turn = 0; turn < 11; turn++) {
      show({ bytesTotal: MIB, bytesDone: 0, bytesMoved: 0 })
      now += 100
    }
    expect(shown).toHaveLength(11)
    expect(shown[0]).toBe('0 %  0 B of 1.00 MiB  0 B/s')
    expect(told).toHaveLength(3)
  })

  it('is done where nothing is to be done', () => {
    show({ bytesTotal: 0, bytesDone: 0, bytesMoved: 0 })
    expect(shown).toEqual(['100 %  0 B of 0 B  0 B/s  0:00 left'])
  })
})
