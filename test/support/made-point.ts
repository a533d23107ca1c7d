import type { MadePoint } from '../../core/job/index.ts'

/** A recovery point as a backup tells of it. */
export const madePoint: MadePoint = {
  snapshotId: 'ab'.repeat(32),
  host: 'nas',
  roots: ['/srv'],
  startedAt: 1,
  completedAt: 2,
  timeZone: '+00:00',
  kind: 'full',
  filesMissed: 0,
  isComplete: true,
  files: 1,
  bytes: 1,
  bytesAdded: 1,
}
