import type { Agent } from '../../../../core/contract/index.ts'
import type { Configuration } from './configuration.ts'
import { DAY, GIB, HOUR, idOf, instantAt, NOW } from './ids.ts'

/** One that is well, one that nobody has heard of for days, and one that has not begun. */
export function makeAgents({ vaults }: Configuration): Agent[] {
  const [vault] = vaults
  if (!vault) return []
  const one = (number: number, name: string, changes: Partial<Agent>): Agent => ({
    id: idOf(9, number),
    name,
    vault: { id: vault.id, name: vault.name },
    mode: 'append-only',
    quotaBytes: null,
    bytesPerSecond: null,
    overdueHours: 48,
    createdAt: instantAt(NOW - 90 * DAY),
    lastSeenAt: null,
    lastSnapshotAt: null,
    bytesStored: 0,
    isOverdue: false,
    ...changes,
  })
  return [
    one(1, 'web-01', {
      lastSeenAt: instantAt(NOW - HOUR),
      lastSnapshotAt: instantAt(NOW - HOUR),
      bytesStored: 212 * GIB,
      quotaBytes: 500 * GIB,
      bytesPerSecond: 12_500_000,
    }),
    one(2, 'laptop-of-the-auditor', {
      mode: 'full',
      lastSeenAt: instantAt(NOW - 5 * DAY),
      lastSnapshotAt: instantAt(NOW - 5 * DAY),
      bytesStored: 31 * GIB,
      isOverdue: true,
    }),
    one(3, 'db-02', {}),
  ]
}
