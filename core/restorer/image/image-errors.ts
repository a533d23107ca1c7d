import { CoreError, formatCounted, withSafety } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import type { DamagedArea } from './image-survey.ts'

export function missingDisk(name: string): CoreError {
  return new CoreError(
    'repository/not-in-repository',
    `The snapshot has no disk called ${printable(Buffer.from(name))}.`,
    {
      safety: 'Nothing was changed.',
      remedy: '`holdfast repo snapshots` lists what snapshots are of; `holdfast repo ls` shows what is in one.',
    },
  )
}

/** The first of so many blocks that cannot be restored. */
export function damagedDisk(name: string, { offset, length, reason }: DamagedArea, blocks: number): CoreError {
  const others = blocks > 1 ? ` (${formatCounted(blocks, 'block')} in all are known to be so by now)` : ''
  return new CoreError(
    'repository/damaged',
    `Bytes ${offset} to ${offset + length - 1} of disk ${printable(Buffer.from(name))} cannot be restored: ${reason}${others}.`,
    {
      safety: 'The recovery point is what it was. No file was made.',
      remedy:
        'Restore an earlier snapshot; or give --skip-damaged to have zeros there. `holdfast repo check --read-data` tells what else is damaged.',
      context: { offset, length },
    },
  )
}

/** A device has no other name that it could get only when it is whole. */
export function partlyWritten(path: Buffer, error: unknown): unknown {
  if (!(error instanceof CoreError)) return error
  return withSafety(
    error,
    `${printable(path)} is written in part: it holds neither what was on it nor the disk. The recovery point is untouched.`,
  )
}
