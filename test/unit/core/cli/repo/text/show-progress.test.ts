import { describe, expect, it } from 'vitest'

import { showProgress } from '../../../../../../core/cli/repo/text/show-progress.ts'
import type { Progress } from '../../../../../../core/maintenance/index.ts'
import { recordOutput } from '../../../../../support/recorded-output.ts'

const NONE: Progress<'work'> = {
  phase: 'work',
  done: 0,
  total: 0,
  bytesDone: 0,
  bytesTotal: 0,
  folders: 0,
  rate: 0,
  left: 0,
}

function shown(progress: Partial<Progress<'work'>>) {
  const { output, shown: lines, told } = recordOutput()
  showProgress(output, { work: 'Working' }, { ...NONE, ...progress })
  return { line: lines[0], told: told[0] }
}

describe('how far something has come', () => {
  it.each([
    ['things', { done: 3, total: 12, rate: 1.4, left: 9000 }, 'Working  25 %  3 of 12  1/s  0:09 left'],
    [
      'bytes, where it is known how many there are',
      { done: 1, total: 2, bytesDone: 1024, bytesTotal: 4096, rate: 512, left: 6000 },
      'Working  25 %  1.00 KiB of 4.00 KiB  512 B/s  0:06 left',
    ],
    [
      'folders, where they are counted',
      { done: 1, total: 4, folders: 1234, rate: 56, left: 66_000 },
      'Working  25 %  1 of 4  1,234 folders  56/s  1:06 left',
    ],
  ])('is shown in %s', (_, progress, line) => {
    expect(shown(progress).line).toBe(line)
  })

  it('names no time before anything is done', () => {
    expect(shown({ total: 4, folders: 20, rate: 10 }).line).toBe('Working  0 %  0 of 4  20 folders  10/s')
  })

  it('is told to programs, with folders where they are counted', () => {
    const status = { message_type: 'status', phase: 'work', percent_done: 0.25, done: 1, total: 4, bytes_done: 0 }
    const figures = { bytes_total: 0, per_second: 56, seconds_remaining: 66 }
    const progress = { done: 1, total: 4, rate: 56, left: 66_000 }
    expect(shown(progress).told).toEqual({ ...status, ...figures })
    expect(shown({ ...progress, folders: 20 }).told).toEqual({ ...status, ...figures, folders: 20 })
  })
})
