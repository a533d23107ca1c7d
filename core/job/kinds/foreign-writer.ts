import { formatCounted } from '../../base/index.ts'
import type { Outcome } from '../process/report.ts'

/** Why a run that found so many locks and snapshots of others in the cloud of its vault ends with a warning. */
export function foreignWriter(files: number): Outcome['cause'] {
  return {
    code: 'foreign-writer',
    text: `Somebody else writes to the cloud of this vault: ${formatCounted(files, 'lock or snapshot', 'locks or snapshots')} there ${files === 1 ? 'is' : 'are'} not of this appliance. Nothing is deleted there meanwhile.`,
    remedy:
      'Find out who it is, and have it write through the appliance. A lock that somebody left behind: restic unlock.',
  }
}
