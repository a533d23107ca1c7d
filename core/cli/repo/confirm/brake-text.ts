import { formatCounted } from '../../../base/index.ts'
import type { Brake } from '../../../policy/index.ts'

/** Why a person is asked. */
export function brakeText(brake: Brake): string {
  if (brake.kind === 'mass-expiry') return `${brake.removed} of ${brake.of} snapshots would go at once`
  const known = {
    'last-run': 'the last run',
    storage: 'the clock of the storage',
    'newest-point': 'the newest snapshot',
  }
  return `the clock of this computer is ${daysText(Math.abs(brake.by))} ${brake.by > 0 ? 'ahead of' : 'before'} ${known[brake.against]}`
}

/** A brake is of more than a day. */
function daysText(milliseconds: number): string {
  return formatCounted(Math.round(milliseconds / 86_400_000), 'day')
}
